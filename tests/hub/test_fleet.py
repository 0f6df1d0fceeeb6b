"""Rows and pictures of real devices reach a real hub through a real broker."""

import pytest

from tests.hub.helpers import Device, Hub
from tests.services.mqtt.helpers import needs_mosquitto
from tests.waiting import wait_for_health, wait_until

pytestmark = needs_mosquitto


@pytest.fixture
def hub(tmp_path, mosquitto):
    hub = Hub(tmp_path / "hub", mosquitto.port)
    yield hub
    hub.close()


@pytest.fixture
def device(tmp_path, mosquitto):
    device = Device(tmp_path / "device", mosquitto.port)
    yield device
    device.close()


def test_what_happened_before_and_after_both_met_is_on_the_hub(hub, device):
    plant = device.call("create_plant", name="Basil")
    device.start()
    hub.start()
    hub.until("SELECT * FROM plant", lambda rows: [row["name"] for row in rows] == ["Basil"])
    device.call("log_care", plant_id=plant, kind="water")
    rows = hub.until("SELECT * FROM care_event", len)
    assert rows[0]["device"] == "spr-000000000001"
    assert rows[0]["epoch"] == device.store.epoch
    assert {k: rows[0][k] for k in rows[0] if k not in {"device", "epoch"}} == device.store.query(
        "SELECT * FROM care_event"
    )[0]


def test_pictures_come_whole_thumbnails_first_and_once(hub, device):
    contents = {device.photograph(b"photo %d" % number * 9000, b"thumb %d" % number): number for number in range(3)}
    device.start()
    hub.start()
    photos = hub.until("SELECT * FROM photo ORDER BY received_at", lambda rows: len(rows) == 6)
    assert [photo["kind"] for photo in photos] == ["thumb"] * 3 + ["photo"] * 3
    for photo in photos:
        number = contents[photo["capture_id"]]
        expected = b"photo %d" % number * 9000 if photo["kind"] == "photo" else b"thumb %d" % number
        assert (hub.folder / "photographs" / photo["file"]).read_bytes() == expected
    assert not [path for path in (hub.folder / "photographs" / "unfinished").rglob("*") if path.is_file()]


def test_a_picture_goes_on_where_it_broke(hub, device):
    content = bytes(range(256)) * 800
    device.photograph(content)
    sha256 = device.store.query("SELECT sha256 FROM capture")[0]["sha256"]
    begun = hub.folder / "photographs" / "unfinished" / "spr-000000000001" / sha256
    begun.parent.mkdir(parents=True)
    begun.write_bytes(content[:100_000])
    device.start()
    hub.start()
    photo = hub.until("SELECT * FROM photo WHERE kind = 'photo'", len)[0]
    assert (hub.folder / "photographs" / photo["file"]).read_bytes() == content


def test_a_damaged_beginning_is_found_by_the_hash_and_sent_again(hub, device):
    content = bytes(range(256)) * 800
    device.photograph(content)
    sha256 = device.store.query("SELECT sha256 FROM capture")[0]["sha256"]
    begun = hub.folder / "photographs" / "unfinished" / "spr-000000000001" / sha256
    begun.parent.mkdir(parents=True)
    begun.write_bytes(b"\0" * 100_000)
    device.start()
    hub.start()
    photo = hub.until("SELECT * FROM photo WHERE kind = 'photo'", len)[0]
    assert (hub.folder / "photographs" / photo["file"]).read_bytes() == content


def test_a_plant_kept_back_never_leaves_and_leaves_the_hub_when_it_is_switched_off(hub, device):
    open_plant = device.call("create_plant", name="Basil")
    secret = device.call("create_plant", name="Secret")
    device.call("update_plant", plant_id=secret, sync=False)
    device.call("log_care", plant_id=secret, kind="water")
    device.photograph(b"shows both plants")
    device.start()
    hub.start()
    device.call("log_care", plant_id=open_plant, kind="water")
    hub.until("SELECT plant_id FROM care_event", lambda rows: rows == [{"plant_id": open_plant}])
    assert [row["name"] for row in hub.store.query("SELECT name FROM plant")] == ["Basil"]
    device.call("update_plant", plant_id=secret, sync=True)
    hub.until("SELECT id FROM care_event", lambda rows: len(rows) == 2)
    hub.until("SELECT * FROM photo", lambda rows: len(rows) == 2)
    device.call("update_plant", plant_id=open_plant, sync=False)
    hub.until("SELECT plant_id FROM care_event", lambda rows: rows == [{"plant_id": secret}])
    assert [row["name"] for row in hub.store.query("SELECT name FROM plant")] == ["Secret"]


def test_no_private_table_and_no_setting_ever_leaves(hub, device):
    device.call("set_setting", name="ui.wifi", value="of the house")
    device.call("add_client", name="phone", role="owner", token_hash="0" * 64)
    device.call("create_plant", name="Basil")
    device.start()
    hub.start()
    hub.until("SELECT id FROM plant", len)
    log = " ".join(row["diff"] for row in hub.store.query("SELECT diff FROM _tx"))
    assert "of the house" not in log
    assert "phone" not in log
    assert hub.store.query("SELECT * FROM dead_letter") == []


def test_when_the_log_was_let_go_a_full_copy_takes_its_place(hub, device):
    plant = device.call("create_plant", name="Basil")
    for number in range(450):
        device.store.submit(
            "log_care", {"plant_id": plant, "kind": "note", "text": f"{number}"}, caller=device.internal
        )
    device.call("log_care", plant_id=plant, kind="water")
    prune_log(device)
    device.start()
    hub.start()
    hub.until("SELECT id FROM care_event", lambda rows: len(rows) == 451)
    device.call("log_care", plant_id=plant, kind="water")
    hub.until("SELECT id FROM care_event", lambda rows: len(rows) == 452)
    own = device.store.query("SELECT * FROM care_event ORDER BY id")
    there = hub.store.query("SELECT * FROM care_event ORDER BY id")
    assert [list(row.values()) for row in own] == [list(row.values())[2:] for row in there]


def test_a_hub_that_lost_everything_is_filled_again(tmp_path, mosquitto, device):
    plant = device.call("create_plant", name="Basil")
    device.start()
    first = Hub(tmp_path / "first", mosquitto.port)
    first.start()
    first.until("SELECT id FROM plant", len)
    first.close()
    prune_log(device)
    second = Hub(tmp_path / "second", mosquitto.port)
    try:
        second.start()
        device.call("log_care", plant_id=plant, kind="water")
        second.until("SELECT id FROM care_event", len)
        assert len(second.store.query("SELECT id FROM plant")) == 1
    finally:
        second.close()


def test_a_device_that_is_refused_says_so_and_arrives_once_it_is_let_in(tmp_path, mosquitto, device):
    device.call("create_plant", name="Basil")
    hub = Hub(tmp_path / "hub", mosquitto.port, enrol=False)
    try:
        hub.start()
        device.start()
        wait_for_health(device.store, "sync", lambda row: row["state"] == "bad" and "not paired" in row["message"])
    finally:
        hub.close()


def test_the_outbox_tells_what_waits_and_that_nothing_does(hub, device):
    device.call("create_plant", name="Basil")
    device.photograph(b"a picture")
    device.start()
    wait_for_health(device.store, "outbox", lambda row: row["value"] >= 2)
    hub.start()
    hub.until("SELECT id FROM plant", len)
    assert hub.store.query("SELECT * FROM health WHERE part IN ('sync', 'outbox')") == []


def prune_log(device):
    """As pruning does when the log's bound is reached: everything but the newest entry."""
    device.store.run_on_writer(
        lambda: device.store._connection.execute("DELETE FROM _tx WHERE seq < (SELECT max(seq) FROM _tx)")
    )


def test_what_a_full_queue_at_the_broker_dropped_is_sent_again(tmp_path, device, hub, mosquitto):
    mosquitto.stop()
    mosquitto.rules += "max_queued_messages 3\nmax_inflight_messages 1\n"
    mosquitto.start()
    plant = device.call("create_plant", name="Basil")
    hub.start()
    device.start()
    hub.until("SELECT * FROM plant", len)
    # The broker keeps the hub's session, and acknowledges far more than it keeps.
    hub.stop()
    for number in range(40):
        device.call("log_care", plant_id=plant, kind="note", text=f"note {number}")
    wait_until(lambda: "being dropped for client hub" in mosquitto.log.read_text())
    hub.start()
    rows = hub.until("SELECT text FROM care_event ORDER BY id", lambda rows: len(rows) == 40)
    assert [row["text"] for row in rows] == [f"note {number}" for number in range(40)]
