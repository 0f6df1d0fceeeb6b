"""A device keeps its id, whatever its file says."""

import pytest

from sproutcast_pi.app.identity import device_id
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import Store

BAD = [
    b"",
    b"\0" * 16,
    bytes(range(200, 216)),
    b"spr-x/../+#",
    b"spr-0123456789ab\nspr-0123456789ac",
    b"SPR-0123456789AB",
]


@pytest.mark.parametrize("content", BAD)
def test_a_damaged_file_gives_way_to_what_the_database_knows(tmp_path, content):
    Store(tmp_path / "sproutcast.sqlite3", clock=FakeClock(), device="spr-0123456789ab").close()
    (tmp_path / "device-id").write_bytes(content)
    for _ in range(2):
        assert device_id(tmp_path, "serial") == "spr-0123456789ab"
    assert (tmp_path / "device-id.damaged").read_bytes() == content


@pytest.mark.parametrize("serial", ["10000000abcdef", None])
def test_without_a_database_an_id_is_made_once(tmp_path, serial):
    (tmp_path / "device-id").write_bytes(b"\xff" * 16)
    one = device_id(tmp_path, serial)
    assert device_id(tmp_path, serial) == one
    assert one.startswith("spr-")


def test_a_folder_in_its_place_stops_nothing(tmp_path):
    (tmp_path / "device-id").mkdir()
    assert device_id(tmp_path, "serial") == device_id(tmp_path, "serial")
