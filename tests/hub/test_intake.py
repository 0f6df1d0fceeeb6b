"""What strangers send to the hub's intake."""

import pytest

from sproutcast_pi.protocol.sync import Batch, Committed, answers_topic, encode, rows_topic
from tests.hub.helpers import Hub
from tests.services.home_assistant.mqtt_listener import MqttListener
from tests.services.mqtt.helpers import needs_mosquitto

pytestmark = needs_mosquitto
ONE, OTHER = "spr-000000000001", "spr-000000000002"
EPOCH = "0123456789abcdef"


@pytest.fixture
def hub(tmp_path, mosquitto):
    made = Hub(tmp_path / "hub", mosquitto.port)
    made.start()
    yield made
    made.close()


def test_messages_that_nothing_bounds_are_not_taken_in(hub, mosquitto):
    """With QoS 1 a broker keeps back what the hub has not acknowledged; with QoS 0 it sends on whatever comes."""
    listener = MqttListener(mosquitto.port, "sproutcast/+/sync/answers")
    hello, answer = encode(Batch(EPOCH, 0, 0)), encode(Committed(EPOCH, 0))
    for _ in range(100):
        listener.publish(rows_topic("sproutcast", ONE), hello, qos=0)
    listener.publish(rows_topic("sproutcast", OTHER), hello)
    listener.wait(
        lambda: answer in listener.messages[answers_topic("sproutcast", OTHER)], "the answer to what came later"
    )
    listener.close()
    assert listener.messages[answers_topic("sproutcast", ONE)] == []
