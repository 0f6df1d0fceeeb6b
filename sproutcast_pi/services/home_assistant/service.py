"""Home Assistant service: messages of store and broker go through one queue, and what changed is published.

Nothing of ours at the broker is the truth; it is a copy of the store. So after every reconnect all of it is published
again, and a message that could not be sent is simply not remembered as sent.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Protocol

import msgspec

from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.services.home_assistant.announced_topics import AnnouncedTopics
from sproutcast_pi.services.home_assistant.command_handler import CommandHandler
from sproutcast_pi.services.home_assistant.publisher import Publisher, PublishOptions
from sproutcast_pi.services.home_assistant.row_cache import HomeAssistantRowCache
from sproutcast_pi.services.home_assistant.state_payloads import Diagnostics
from sproutcast_pi.services.home_assistant.topics import Topics
from sproutcast_pi.services.mqtt.messages import ConnectionStatus, MqttMessage, MqttSession, TopicSubscription, Will
from sproutcast_pi.store.engine import ReducerResult, Store

LOG = logging.getLogger(__name__)
ONLINE, OFFLINE = b"online", b"offline"
BIRTH_DELAY_S = (0.5, 2.0)
"""After Home Assistant's birth: this long, and up to as much again, so that many devices spread out."""
DIAGNOSTICS_INTERVAL_S = 60.0
"""How often temperature and disk are looked at."""
MAX_QUEUED = 2000
"""Messages that may wait for us; a flood beyond that is dropped, our own store's news never is."""

Caller = Callable[[str, Mapping[str, Any]], "Future[ReducerResult]"]
"""Calls a reducer with the rights Home Assistant was given, within the call pipeline's limits."""


class BrokerConnection(Protocol):
    """What we need of the MQTT connection."""

    @property
    def online(self) -> bool:
        """Whether the broker has taken us in."""

    def start(self) -> None:
        """Begin to connect."""

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        """Hand one message over; False when it was not taken."""

    def stop(self, farewell: Will | None = None) -> None:
        """Say farewell and leave."""


class ConnectionFactory(Protocol):
    """Makes a connection that is not started yet."""

    def __call__(
        self,
        *,
        will: Will,
        subscriptions: list[TopicSubscription],
        on_session: Callable[[MqttSession], object],
        on_message: Callable[[MqttMessage], object],
        on_link: Callable[[ConnectionStatus], object],
    ) -> BrokerConnection:
        """Make it."""


class ServiceDependencies(msgspec.Struct, frozen=True, kw_only=True):
    """What the service works with."""

    store: Store
    call: Caller
    connect: ConnectionFactory
    topics: Topics
    read_diagnostics: Callable[[], Diagnostics]
    """Finds temperature, disk and the like."""
    publish_options: PublishOptions
    ledger: AnnouncedTopics
    override_min: float = 120.0
    monotonic: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random


class HomeAssistantService:
    """Shows the appliance in Home Assistant, and does what is asked there."""

    name = "home_assistant"

    def __init__(self, parts: ServiceDependencies) -> None:
        self._dependencies = parts
        self._active_run: _ServiceRun | None = None

    def wake(self) -> None:
        """Look at once whether to stop; any thread may call."""
        visit = self._active_run
        if visit:
            visit.wake()

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop`; raises when the store ends a subscription."""
        visit = self._active_run = _ServiceRun(self._dependencies)
        try:
            visit.serve(stop)
        finally:
            visit.close()


class _ServiceRun:
    """One run of the service, from first subscription to farewell."""

    def __init__(self, parts: ServiceDependencies) -> None:
        topics = parts.topics
        self._store = parts.store
        self._topics = topics
        self._ledger = parts.ledger
        self._read_diagnostics = parts.read_diagnostics
        self._monotonic = parts.monotonic
        self._chance = parts.chance
        self._queue: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._row_cache = HomeAssistantRowCache()
        self._connection = parts.connect(
            will=Will(topic=topics.availability, payload=OFFLINE),
            subscriptions=[
                *(TopicSubscription(filter=one) for one in topics.commands),
                TopicSubscription(filter=topics.status),
                TopicSubscription(filter=topics.configs, retained=True),
            ],
            on_session=lambda session: self._queue.put(("session", session)),
            on_message=self._enqueue_message,
            on_link=self._on_status,
        )
        self._publisher = Publisher(
            store=parts.store,
            row_cache=self._row_cache,
            topics=topics,
            send=lambda topic, payload: self._connection.publish(topic, payload, retain=True),
            ledger=parts.ledger,
            publish_event=self._connection.publish,
            exhibits=parts.publish_options,
        )
        self._command_handler = CommandHandler(
            store=parts.store,
            call=parts.call,
            topics=topics,
            override_min=parts.override_min,
            monotonic=parts.monotonic,
            report=self._report_health,
        )
        self._republish_at: float | None = None
        self._session_ready = False

    def wake(self) -> None:
        self._queue.put(("wake", None))

    def serve(self, stop: threading.Event) -> None:
        self._row_cache.subscribe(self._store, lambda name, message: self._queue.put(("rows", (name, message))))
        while not self._row_cache.ready:
            self._dispatch(self._queue.get())
        self._publisher.set_diagnostics(self._read_diagnostics())
        self._connection.start()
        look_at = self._monotonic() + DIAGNOSTICS_INTERVAL_S
        while not stop.is_set():
            self._drain_queue(self._due_in_s(look_at))
            now = self._monotonic()
            if now >= look_at:
                look_at = now + DIAGNOSTICS_INTERVAL_S
                self._publisher.set_diagnostics(self._read_diagnostics())
            if self._republish_at is not None and now >= self._republish_at:
                self._republish_at = None
                self._publisher.invalidate(photo=False)
            self._command_handler.tick()
            # Online precedes the session's notification; publishing in between would publish everything twice.
            if self._session_ready and self._connection.online:
                self._publisher.publish(now)

    def _due_in_s(self, look_at: float) -> float:
        """Seconds until something is to be done though nothing comes."""
        now = self._monotonic()
        due_times = [
            look_at,
            *([self._republish_at] if self._republish_at is not None else []),
            *self._publisher.due_times(),
        ]
        return min(max(0.0, min(due_times) - now), self._command_handler.due_in_s())

    def close(self) -> None:
        self._row_cache.close()
        self._connection.stop(farewell=Will(topic=self._topics.availability, payload=OFFLINE))

    def _drain_queue(self, seconds: float) -> None:
        """Take everything that has come, waiting for the first."""
        try:
            self._dispatch(self._queue.get(timeout=seconds))
            while True:
                self._dispatch(self._queue.get_nowait())
        except queue.Empty:
            return

    def _dispatch(self, item: tuple[str, Any]) -> None:
        kind, value = item
        if kind == "rows":
            self._publisher.mark_changed(self._row_cache.apply(*value))
        elif kind == "link":
            self._session_ready = self._session_ready and value.state == "ok"
        elif kind == "session":
            self._session_ready = True
            self._publisher.invalidate(photo=True)
            self._ledger.add(self._topics.availability)
            self._connection.publish(self._topics.availability, ONLINE, retain=True)
        elif kind == "message":
            self._on_message(value)

    def _on_message(self, message: MqttMessage) -> None:
        if message.topic == self._topics.status:
            if message.payload == ONLINE and not message.retained:
                self._republish_at = self._monotonic() + BIRTH_DELAY_S[0] + BIRTH_DELAY_S[1] * self._chance()
        elif (command := self._topics.parse_command_topic(message.topic)) is not None:
            # A command that was retained may be from last year.
            if not message.retained and self._command_handler.handle(*command, message.payload):
                self._publisher.republish(command[1])
        elif message.payload:
            self._publisher.on_retained_discovery(message.topic)

    def _enqueue_message(self, message: MqttMessage) -> None:
        if self._queue.qsize() < MAX_QUEUED:
            self._queue.put(("message", message))

    def _on_status(self, link: ConnectionStatus) -> None:
        self._queue.put(("link", link))
        self._report_health("mqtt", link)

    def _report_health(self, part: str, link: ConnectionStatus) -> None:
        HealthReporter(self._store).submit(part, **msgspec.structs.asdict(link))
