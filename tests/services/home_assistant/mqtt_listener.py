"""Another client at the broker: receives everything, publishes anything, and waits for what must come."""

import json
import threading
from collections import defaultdict

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

WAIT_S = 90


class MqttListener:
    """Keeps every message by topic; `wait` returns once a condition holds."""

    def __init__(self, port, topic="#"):
        self.messages = defaultdict(list)
        self.kept = {}
        self._changed = threading.Condition()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_message = self._on_message
        subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.on_connect = lambda client, *_: client.subscribe(
            topic, options=SubscribeOptions(qos=1, retainAsPublished=True)
        )
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert subscribed.wait(WAIT_S)

    def _on_message(self, _client, _userdata, message):
        with self._changed:
            self.messages[message.topic].append(message.payload)
            if message.retain:
                self.kept[message.topic] = message.payload
                if not message.payload:
                    del self.kept[message.topic]
            self._changed.notify_all()

    def wait(self, condition, what="it"):
        """Whatever `condition()` returns once it is true."""
        with self._changed:
            assert self._changed.wait_for(condition, WAIT_S), f"waited in vain for {what}"
            return condition()

    def json(self, topic):
        """The newest object on a topic, waited for."""
        self.wait(lambda: self.messages[topic] and self.messages[topic][-1], topic)
        return json.loads(self.messages[topic][-1])

    def until(self, topic, **wanted):
        """The first object on a topic whose keys have these values."""

        def found():
            if not (self.messages[topic] and self.messages[topic][-1]):
                return None
            value = json.loads(self.messages[topic][-1])
            return value if all(value.get(key) == one for key, one in wanted.items()) else None

        return self.wait(found, f"{topic} with {wanted}")

    def count(self):
        """Messages so far."""
        with self._changed:
            return sum(map(len, self.messages.values()))

    def publish(self, topic, payload, *, qos=1, retain=False):
        """Publish and wait until the broker has it."""
        if not isinstance(payload, bytes | str):
            payload = json.dumps(payload)
        self._client.publish(topic, payload, qos=qos, retain=retain).wait_for_publish(WAIT_S)

    def close(self):
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()
