"""Whatever is wrong with the machine: the daemon starts, keeps the lamp, and says in words what it is."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from tests.daemon.helpers import environment_without_display
from tests.waiting import wait_until


@pytest.fixture
def small_card(tmp_path):
    """A file system of forty megabytes."""
    place = tmp_path / "card"
    place.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40M", "tmpfs", place], check=False).returncode
    ):
        pytest.skip("only root may mount a small file system")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def health_row(one, part):
    """A part's health as the screen reads it over the socket: the database itself may be elsewhere, or nowhere."""
    client = one.client()
    seen = []
    try:
        one.connected(client)
        client.subscribe(f"SELECT * FROM health WHERE part = '{part}'", seen.append)
        wait_until(lambda: rows_of(seen))
        return rows_of(seen)[-1]
    finally:
        client.stop()


def rows_of(messages):
    kinds = ("rows", "insert", "update")
    return [row for message in messages for kind in kinds for row in getattr(message, kind, ())]


def lamp(one):
    """The lamp as the screen reads it."""
    client = one.client()
    seen = []
    try:
        one.connected(client)
        client.subscribe("SELECT * FROM light", seen.append)
        wait_until(lambda: seen)
        return seen[0].rows[0]
    finally:
        client.stop()


def fill(place):
    with (place / "full").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_a_full_card_leaves_light_and_screen_with_the_reason_and_heals_with_a_restart(daemon, small_card):
    one = daemon(folder=small_card)
    health_row(one, "store")
    client = one.client()
    one.connected(client)
    client.call("set_light_schedule", {"hours": 13.0}).result(60)
    client.stop()
    assert one.stop() == 0
    fill(small_card)
    one.start()
    row = health_row(one, "store")
    assert row["state"] == "bad"
    assert "full" in row["message"]
    assert "Make room" in row["advice"]
    assert lamp(one)["hours"] == 13.0
    assert one.stop() == 0
    (small_card / "full").unlink()
    one.start()
    assert "damaged" not in health_row(one, "store")["message"]
    assert lamp(one)["hours"] == 13.0
    assert one.stop() == 0


def test_a_database_of_a_newer_program_is_told_on_the_screen(daemon, tmp_path):
    (tmp_path / "data").mkdir()
    connection = apsw.Connection(str(tmp_path / "data" / "sproutcast.sqlite3"))
    connection.execute("CREATE TABLE x (a)")
    connection.pragma("user_version", 999)
    connection.close()
    one = daemon()
    row = health_row(one, "store")
    assert row["state"] == "bad"
    assert "newer Sproutcast Pi" in row["message"]
    assert lamp(one)["start"] == "06:00"
    assert one.stop() == 0


def test_after_a_damaged_database_the_lamp_keeps_its_owner_s_schedule_and_the_photographs_stay(daemon):
    one = daemon()
    client = one.client()
    one.connected(client)
    client.call("set_light_schedule", {"hours": 13.0}).result(60)
    client.stop()
    assert one.stop() == 0
    (one.folder / "data/sproutcast.sqlite3").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)
    photograph = one.folder / "data/pictures/2026/01/05/080000-7.jpg"
    photograph.parent.mkdir(parents=True)
    photograph.write_bytes(b"a leaf")
    one.start()
    row = health_row(one, "store")
    assert row["state"] == "warn"
    assert "damaged" in row["message"]
    assert lamp(one)["hours"] == 13.0
    assert "pictures/set-aside" in row["message"]
    assert photograph.read_bytes() == b"a leaf"
    assert one.stop() == 0


def test_a_wrong_lamp_pin_is_named_with_what_to_check(daemon):
    one = daemon("--light", "gpio:18")
    row = health_row(one, "light")
    assert row["state"] == "bad"
    assert "can't be controlled" in row["message"]
    assert "pin" in row["advice"]
    assert one.stop() == 0


def test_no_camera_costs_pictures_and_is_told(daemon):
    one = daemon("--camera", "v4l2:/dev/video99", "--light", "simulated")
    client = one.client()
    one.connected(client)
    client.call("request_capture", {}).result(60)
    row = health_row(one, "camera")
    client.stop()
    assert row["state"] == "bad"
    assert "video99" in row["message"]
    wait_until(lambda: one.rows("SELECT 1 FROM light_change"))
    assert one.stop() == 0


def test_no_network_and_no_broker_stop_nothing(daemon):
    config = "[network]\nhost = '127.0.0.1'\nport = 1\nlisten = false\n"
    config += "[mqtt]\nhost = 'nowhere.invalid'\n[home_assistant]\nenabled = true\n"
    one = daemon(config=config)
    row = health_row(one, "mqtt")
    assert row["state"] in {"warn", "bad"}
    assert "nowhere.invalid" in row["message"]
    assert lamp(one)["now_level"] is not None
    assert one.stop() == 0


def test_no_screen_is_told_by_the_doctor(tmp_path):
    environment = environment_without_display()
    command = [sys.executable, "-m", "sproutcast_pi", "doctor", "--json", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    (screen,) = (json.loads(line) for line in done.stdout.splitlines() if '"screen"' in line)
    if screen["state"] == "ok":
        pytest.skip("there is a display here")
    assert "phone page" in screen["message"]


def test_a_clock_that_went_back_years_goes_on_from_where_the_lamp_was(daemon):
    one = daemon()
    memory = one.folder / "data/light.json"
    wait_until(memory.exists)
    assert one.stop() == 0
    kept = json.loads(memory.read_text())
    later = datetime.now(UTC) + timedelta(days=400)
    kept["at"] = later.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    memory.write_text(json.dumps(kept))
    one.start()
    health_row(one, "store")
    wait_until(lambda: one.rows("SELECT max(updated_at) FROM light")[0][0] > later.strftime("%Y-%m-%dT%H:%M"))
    assert one.stop() == 0


def test_a_taken_port_leaves_the_screen_and_is_told(daemon):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        one = daemon(config=f"[network]\nhost = '127.0.0.1'\nport = {port}\n")
        row = health_row(one, "gateway")
    assert row["state"] == "bad"
    assert f"Port {port}" in row["message"]
    assert lamp(one)["now_level"] is not None
    assert one.stop() == 0


def open_files(pid):
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # closed since it was listed
            yield str(file.readlink())


def test_a_house_that_can_t_be_furnished_lets_go_of_the_store(daemon, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/pictures").write_text("not a folder")
    one = daemon()
    row = health_row(one, "store")
    assert row["state"] == "bad"
    assert "pictures" in row["message"]
    assert not any("data/sproutcast.sqlite3" in name for name in open_files(one.process.pid))
    assert lamp(one)["start"] == "06:00"
    assert one.stop() == 0


def test_a_zone_of_the_configuration_is_told_to_the_screen(daemon):
    one = daemon(config="[network]\nlisten = false\n[device]\ntime_zone = 'Europe/Berlin'\n")
    client = one.client()
    one.connected(client)
    client.stop()
    assert one.rows("SELECT value FROM setting WHERE name = 'given_time_zone'") == [('"Europe/Berlin"',)]
    assert one.stop() == 0
