"""Service that removes earlier announcements from the broker while Home Assistant is switched off in the file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from sproutcast_pi.services.home_assistant.announced_topics import AnnouncedTopics, removal_order
from sproutcast_pi.services.home_assistant.service import BrokerConnection
from sproutcast_pi.services.mqtt.messages import MqttSession


class SessionConnectionFactory(Protocol):
    """Makes a connection without a will that calls back once the broker accepted it; not started yet."""

    def __call__(self, *, on_session: Callable[[MqttSession], object]) -> BrokerConnection:
        """Make it."""


class Retraction:
    """Connects until everything in the ledger is removed, then stays off the network and idle."""

    name = "home_assistant"

    def __init__(self, ledger: AnnouncedTopics, connect: SessionConnectionFactory) -> None:
        self._ledger = ledger
        self._connect = connect
        self._event = threading.Event()

    def wake(self) -> None:
        """Check at once whether to stop; any thread may call."""
        self._event.set()

    def run(self, stop: threading.Event) -> None:
        """Remove what is left of earlier announcements, then wait for `stop`."""
        if self._ledger.topics():
            connection = self._connect(on_session=lambda _: self._event.set())
            connection.start()
            try:
                while not stop.is_set() and self._ledger.topics():
                    self._event.wait()
                    self._event.clear()
                    if connection.online:
                        order = removal_order(self._ledger.topics())
                        self._ledger.discard([topic for topic in order if connection.publish(topic, b"", retain=True)])
            finally:
                connection.stop()
        stop.wait()
