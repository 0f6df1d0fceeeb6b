"""Between the broker's acceptance and `on_session` nothing is published: it would all be published twice."""

import threading
from collections import Counter

import pytest

from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.services.home_assistant.announced_topics import AnnouncedTopics
from sproutcast_pi.services.home_assistant.publisher import PublishOptions
from sproutcast_pi.services.home_assistant.service import HomeAssistantService, ServiceDependencies
from sproutcast_pi.services.home_assistant.state_payloads import Diagnostics
from sproutcast_pi.services.home_assistant.topics import Topics
from sproutcast_pi.services.mqtt.messages import ConnectionStatus, MqttSession
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store

TOPICS = Topics(base="sproutcast", device="spr-0123456789ab")
PATIENCE_S = 90


class FakeConnection:
    """A broker's end of the connection: online from the first moment, and it starts the session when a test does."""

    online = True

    def __init__(self):
        self.published = Counter()
        self.started = threading.Event()
        self.painted = threading.Event()

    def connect(self, **callbacks):
        self.callbacks = callbacks
        return self

    def start(self):
        self.started.set()

    def publish(self, topic, _payload, **_how):
        self.published[topic] += 1
        if topic == TOPICS.plant(1):
            self.painted.set()
        return True

    def stop(self, farewell=None):
        self.online = False


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "s.sqlite3", clock=FakeClock(), device=TOPICS.device)
    yield made
    made.close()


def test_all_is_painted_once(store, tmp_path):
    store.call("create_plant", {"name": "Basil"}, caller=INTERNAL)
    line, looked, stop = FakeConnection(), threading.Semaphore(0), threading.Event()
    service = HomeAssistantService(
        ServiceDependencies(
            store=store,
            call=lambda *_: None,
            connect=line.connect,
            topics=TOPICS,
            read_diagnostics=lambda: Diagnostics(started_at="2026-06-01T08:00:00Z"),
            publish_options=PublishOptions(name="Sproutcast", pictures=tmp_path, max_photo_bytes=0),
            ledger=AnnouncedTopics(tmp_path / "topics.json", "broker:1883"),
            # Asked at the end of every round.
            monotonic=lambda: looked.release() or 0.0,
        )
    )
    thread = threading.Thread(target=service.run, args=(stop,))
    thread.start()
    try:
        assert line.started.wait(PATIENCE_S)
        for number in range(20):
            service.wake()
            assert looked.acquire(timeout=PATIENCE_S), number
        assert not line.published
        line.callbacks["on_link"](ConnectionStatus(state="ok", message=verbatim("Connected.")))
        line.callbacks["on_session"](MqttSession(present=False, window=10, protocol="5"))
        assert line.painted.wait(PATIENCE_S)
    finally:
        stop.set()
        service.wake()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert (
        line.published[TOPICS.appliance_config],
        line.published[TOPICS.update],
        line.published[TOPICS.plant(1)],
    ) == (1, 1, 1)
