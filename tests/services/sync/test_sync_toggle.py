"""The owner's switch is obeyed at once."""

import pytest

from sproutcast_pi.errors import ConfigError
from tests.hub.helpers import Device, Hub
from tests.services.mqtt.helpers import needs_mosquitto

pytestmark = needs_mosquitto


@pytest.fixture
def hub(tmp_path, mosquitto):
    hub = Hub(tmp_path / "hub", mosquitto.port)
    hub.start()
    yield hub
    hub.close()


@pytest.fixture
def device(tmp_path, mosquitto):
    device = Device(tmp_path / "device", mosquitto.port)
    device.call("create_plant", name="Basil")
    yield device
    device.close()


def names(hub, *wanted):
    hub.until("SELECT * FROM plant ORDER BY id", lambda rows: [row["name"] for row in rows] == list(wanted))


def test_nothing_leaves_until_it_is_switched_on_and_nothing_more_once_it_is_off(hub, device):
    device.switched(enabled=False)
    device.start()
    assert "nothing leaves" in device.await_health("off")["message"]
    assert device.store.query("SELECT * FROM _follower") == []
    device.call("set_setting", name="sync_enabled", value=True)
    names(hub, "Basil")
    device.await_health("ok")
    device.call("set_setting", name="sync_enabled", value=False)
    device.await_health("off")
    assert device.store.query("SELECT * FROM _follower") == []
    assert device.store.query("SELECT * FROM health WHERE part = 'outbox'") == []
    device.call("create_plant", name="Mint")
    # The hub receives another device after it, and nothing of this one.
    other = Device(device.folder.parent / "other", hub._broker.port, name="spr-000000000002")
    try:
        other.call("create_plant", name="Thyme")
        other.start()
        names(hub, "Basil", "Thyme")
    finally:
        other.close()
    device.call("set_setting", name="sync_enabled", value=True)
    hub.until("SELECT * FROM plant WHERE name = 'Mint'", len)


def test_the_choice_on_the_screen_overrules_the_file_until_it_is_taken_back(hub, device):
    device.switched(enabled=True)
    device.call("set_setting", name="sync_enabled", value=False)
    device.start()
    device.await_health("off")
    device.call("clear_setting", name="sync_enabled")
    names(hub, "Basil")


def test_without_a_hub_it_says_so_and_a_pairing_is_noticed(hub, device):
    device.switched(enabled=True, faults=[ConfigError("No broker is named.")])
    device.start()
    row = device.await_health("bad")
    assert (row["message"], "Pair the device" in row["advice"]) == ("No broker is named.", True)
    device.call("set_setting", name="sync_enabled", value=True)
    names(hub, "Basil")


def test_it_stops_at_once_whether_on_or_off(hub, device):
    for enabled in (False, True):
        device.call("set_setting", name="sync_enabled", value=enabled)
        device.switched(enabled=False)
        device.start()
        device.await_health("ok" if enabled else "off")
        device.stop()
