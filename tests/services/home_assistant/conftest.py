"""The service with store and call pipeline at a real Mosquitto, and a listener at the same broker."""

import pytest

from tests.services.home_assistant.helpers import HomeAssistantHarness
from tests.services.home_assistant.mqtt_listener import MqttListener
from tests.services.mqtt.helpers import mosquitto  # noqa: F401 - a fixture for the whole room

# A real Home Assistant takes minutes to install and start: `make test-home-assistant` names it.
collect_ignore = ["real"]


@pytest.fixture
def harness(tmp_path, mosquitto):  # noqa: F811 - the fixture
    made = HomeAssistantHarness(tmp_path / "data", mosquitto.port)
    yield made
    made.close()


@pytest.fixture
def listener(mosquitto):  # noqa: F811 - the fixture
    made = MqttListener(mosquitto.port)
    yield made
    made.close()
