"""A fresh start: what goes, what stays, and a cut in the middle."""

import pytest

from sproutcast_pi.app.identity import device_id
from sproutcast_pi.services.appliance.factory_reset import REQUEST_FILE, request_reset, reset_if_requested
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store

FILES = {
    "var/lib/sproutcast/sproutcast.sqlite3": "rows",
    "var/lib/sproutcast/pictures/2026/1.jpg": "picture",
    "var/lib/sproutcast/sync/link": "hub",
    "var/lib/sproutcast/backups/1.tar": "rows",
    "var/lib/sproutcast/light.json": "burned",
    "var/lib/sproutcast-screen/preferences.json": "dark",
    "etc/sproutcast/mqtt-password": "secret",
    "etc/sproutcast/keys/device.pem": "secret",
    "var/lib/sproutcast-system/ssh/authorized_keys": "key",
    "var/lib/sproutcast-system/localtime": "Berlin",
    "etc/NetworkManager/system-connections/home.nmconnection": "psk",
    "etc/sproutcast/config.toml": "mqtt password",
    "usr/share/sproutcast-pi/config.toml": "factory",
    "data/system/machine-id": "0" * 32,
    "persistent/common/etc/machine-id": "0" * 32,
}


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def left(root):
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


ALWAYS = {
    "var/lib/sproutcast/light.json",
    "var/lib/sproutcast/device-id",
    "etc/sproutcast/config.toml",
    "usr/share/sproutcast-pi/config.toml",
    "data/system/machine-id",
    "persistent/common/etc/machine-id",
}
KEPT = {
    "var/lib/sproutcast/sproutcast.sqlite3",
    "var/lib/sproutcast/pictures/2026/1.jpg",
    "var/lib/sproutcast/forget-owner",
}


@pytest.mark.parametrize("keep", [True, False])
def test_what_was_the_owner_s_goes_and_pictures_stay_if_asked(root, keep):
    assert reset_if_requested(root) is False
    before = device_id(root / "var/lib/sproutcast", "serial")
    request_reset(root / "var/lib/sproutcast-system", keep_pictures=keep)
    assert reset_if_requested(root) is True
    assert left(root) == ALWAYS | (KEPT if keep else set())
    assert (root / "etc/sproutcast/config.toml").read_text() == "factory"
    for image in ("data/system", "persistent/common/etc"):
        assert (root / image / "machine-id").read_text() != "0" * 32
    assert device_id(root / "var/lib/sproutcast", "serial") != before
    assert reset_if_requested(root) is False


def test_a_cut_in_the_middle_means_that_it_is_done_again(root):
    request_reset(root / "var/lib/sproutcast-system", keep_pictures=False)
    (root / "etc/sproutcast/config.toml").unlink()
    (root / "etc/sproutcast/config.toml").mkdir()
    with pytest.raises(IsADirectoryError):
        reset_if_requested(root)
    assert (root / "var/lib/sproutcast-system" / REQUEST_FILE).exists()
    (root / "etc/sproutcast/config.toml").rmdir()
    assert reset_if_requested(root)
    assert left(root) == ALWAYS


def test_a_wish_that_can_t_be_read_resets_nothing(root):
    (root / "var/lib/sproutcast-system" / REQUEST_FILE).write_text("{")
    before = left(root)
    assert reset_if_requested(root) is False
    assert left(root) == before - {f"var/lib/sproutcast-system/{REQUEST_FILE}"}


def test_the_database_forgets_its_owner_and_keeps_the_plants(tmp_path):
    store = Store(tmp_path / "s.sqlite3", clock=FakeClock(), device="spr-x")
    store.call("create_plant", {"name": "Basil"}, caller=INTERNAL)
    store.call("add_client", {"name": "Phone", "role": "owner", "token_hash": "0" * 64}, caller=INTERNAL)
    store.call("set_setting", {"name": "device_name", "value": "Ours"}, caller=INTERNAL)
    store.call("forget_owner", {}, caller=INTERNAL)
    left = {table: len(store.query(f"SELECT 1 FROM {table}")) for table in ("plant", "client", "setting")}
    assert left == {"plant": 1, "client": 0, "setting": 0}
    store.close()
