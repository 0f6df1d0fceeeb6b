from tests.services.mqtt.helpers import mosquitto  # noqa: F401 - a fixture for the whole room
