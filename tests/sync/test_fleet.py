"""Rows and pictures of real devices reach a real hub through a real broker."""

import pytest
from brokers import needs_mosquitto
from fleet import Device, Hub

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
    assert rows[0]["device"] == "spr-0001"
    assert rows[0]["epoch"] == device.store.epoch
    assert {k: rows[0][k] for k in rows[0] if k not in {"device", "epoch"}} == device.store.query(
        "SELECT * FROM care_event"
    )[0]
