"""What was announced under earlier names is removed from the broker, whatever changed in the file meanwhile."""

import pytest

from tests.daemon.helpers import DaemonProcess
from tests.services.home_assistant.helpers import HomeAssistantHarness
from tests.services.home_assistant.mqtt_listener import MqttListener
from tests.services.mqtt.helpers import Mosquitto, needs_mosquitto
from tests.waiting import wait_until

pytestmark = needs_mosquitto


class Appliance(DaemonProcess):
    """The daemon with a file that may be written again between its starts."""

    def __init__(self, folder, port):
        super().__init__(folder, "--camera", "simulated", "--light", "simulated")
        self.port = port

    def write(self, mqtt="", home_assistant="enabled = true"):
        self.config.write_text(
            f'[network]\nlisten = false\n[mqtt]\nhost = "127.0.0.1"\nport = {self.port}\n{mqtt}\n'
            f"[home_assistant]\n{home_assistant}\n"
        )

    def restart(self, **sections):
        if self.process is not None:
            self.stop()
        self.write(**sections)
        self.start()


@pytest.fixture
def appliance(tmp_path, mosquitto):
    made = Appliance(tmp_path, mosquitto.port)
    yield made
    if made.process is not None and made.alive():
        made.stop()


def below(listener, *prefixes):
    return {topic for topic in listener.kept if topic.startswith(prefixes)}


def test_announcements_under_an_earlier_prefix_and_base_are_removed(appliance, listener):
    appliance.restart()
    listener.wait(lambda: len(below(listener, "homeassistant/device/")) >= 1 and below(listener, "sproutcast/spr-"))
    appliance.restart(mqtt='base_topic = "growroom"', home_assistant='enabled = true\ndiscovery_prefix = "ha"')
    listener.wait(lambda: below(listener, "ha/device/") and below(listener, "growroom/spr-"), "the new names")
    listener.wait(lambda: not below(listener, "homeassistant/", "sproutcast/"), "the old names to go")


def test_everything_goes_when_home_assistant_is_switched_off_in_the_file(appliance, listener):
    appliance.restart()
    listener.wait(lambda: below(listener, "homeassistant/device/") and below(listener, "sproutcast/spr-"))
    appliance.restart(home_assistant="enabled = false")
    listener.wait(lambda: not listener.kept, "everything to go")
    query = "SELECT state, message FROM health WHERE part = 'mqtt'"
    wait_until(lambda: appliance.rows(query) == [("off", "Home Assistant is off.")])
    appliance.restart(home_assistant="enabled = true")
    listener.wait(lambda: below(listener, "homeassistant/device/"), "it to come back")


def test_several_changes_while_the_broker_was_away(tmp_path):
    broker = Mosquitto(tmp_path / "broker")
    broker.folder.mkdir(parents=True, exist_ok=True)
    broker.start()
    harness = HomeAssistantHarness(tmp_path / "data", broker.port)
    listener = MqttListener(broker.port)
    try:
        for prefix in ("one", "two"):
            harness.options = {"discovery_prefix": prefix}
            harness.start()
            listener.wait(lambda prefix=prefix: below(listener, f"{prefix}/"), prefix)
            harness.stop()
        harness.mqtt = {"base_topic": "three"}
        harness.options = {"discovery_prefix": "three"}
        harness.start()
        listener.wait(lambda: below(listener, "three/device/"), "three")
        listener.wait(lambda: not below(listener, "one/", "two/", "sproutcast/"), "the old names to go")
    finally:
        listener.close()
        harness.close()
        broker.kill()


def test_a_damaged_ledger_is_begun_again(harness, listener):
    (harness.store.path.parent / "home-assistant-topics.json").write_bytes(b"\x00{")
    harness.start()
    listener.wait(lambda: below(listener, "homeassistant/device/"))
