"""The loop: what the store and the broker say goes into one queue, and what changed is published from here.

Nothing of ours at the broker is the truth; it is a picture of the store. So after every reconnect it is painted anew,
and a message that could not be sent is simply not remembered as sent.
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

from sproutcast_pi.services.home_assistant.commanding import Commanding
from sproutcast_pi.services.home_assistant.mirror import Mirror
from sproutcast_pi.services.home_assistant.painter import Exhibits, Painter
from sproutcast_pi.services.home_assistant.states import Diagnostics
from sproutcast_pi.services.home_assistant.topics import Topics
from sproutcast_pi.services.mqtt.messages import Link, Message, Session, Subscription, Will
from sproutcast_pi.store.engine import INTERNAL, CallResult, Store

LOG = logging.getLogger(__name__)
ONLINE, OFFLINE = b"online", b"offline"
BIRTH_PAUSE_S = (0.5, 2.0)
"""After Home Assistant's birth: so long, and up to so much more, so that a house full of devices spreads out."""
LOOK_S = 60.0
"""How often temperature and disk are looked at."""
MOST_WAITING = 2000
"""Messages that may wait for us; a flood beyond that is dropped, our own store's news never is."""

Caller = Callable[[str, Mapping[str, Any]], "Future[CallResult]"]
"""Calls a reducer with the rights Home Assistant was given, through the front door's limits."""


class Line(Protocol):
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


class Connect(Protocol):
    """Makes a connection that is not started yet."""

    def __call__(
        self,
        *,
        will: Will,
        subscriptions: list[Subscription],
        on_session: Callable[[Session], object],
        on_message: Callable[[Message], object],
        on_link: Callable[[Link], object],
    ) -> Line:
        """Make it."""


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What the service works with."""

    store: Store
    call: Caller
    connect: Connect
    topics: Topics
    look: Callable[[], Diagnostics]
    """Finds temperature, disk and the like."""
    exhibits: Exhibits
    override_min: float = 120.0
    monotonic: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random


class HomeAssistant:
    """Shows the appliance in Home Assistant, and does what is asked there."""

    name = "home_assistant"

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._visit: _Visit | None = None

    def wake(self) -> None:
        """Look at once whether to stop; any thread may call."""
        visit = self._visit
        if visit:
            visit.wake()

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop`; raises when the store ends a subscription."""
        visit = self._visit = _Visit(self._parts)
        try:
            visit.serve(stop)
        finally:
            visit.leave()


class _Visit:
    """One run of the service, from first subscription to farewell."""

    def __init__(self, parts: Parts) -> None:
        topics = parts.topics
        self._store = parts.store
        self._topics = topics
        self._look = parts.look
        self._monotonic = parts.monotonic
        self._chance = parts.chance
        self._queue: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._mirror = Mirror()
        self._line = parts.connect(
            will=Will(topic=topics.availability, payload=OFFLINE),
            subscriptions=[
                *(Subscription(filter=one) for one in topics.commands),
                Subscription(filter=topics.status),
                Subscription(filter=topics.configs, retained=True),
            ],
            on_session=lambda session: self._queue.put(("session", session)),
            on_message=self._hear,
            on_link=self._linked,
        )
        self._painter = Painter(
            store=parts.store,
            mirror=self._mirror,
            topics=topics,
            send=lambda topic, payload: self._line.publish(topic, payload, retain=True),
            say=self._line.publish,
            exhibits=parts.exhibits,
        )
        self._commanding = Commanding(
            store=parts.store,
            call=parts.call,
            topics=topics,
            override_min=parts.override_min,
            monotonic=parts.monotonic,
            report=self._tell,
        )
        self._born_at: float | None = None
        self._met = False

    def wake(self) -> None:
        self._queue.put(("wake", None))

    def serve(self, stop: threading.Event) -> None:
        self._mirror.open(self._store, lambda name, message: self._queue.put(("rows", (name, message))))
        while not self._mirror.ready:
            self._take(self._queue.get())
        self._painter.found(self._look())
        self._line.start()
        look_at = self._monotonic() + LOOK_S
        while not stop.is_set():
            self._wait(self._due_in_s(look_at))
            now = self._monotonic()
            if now >= look_at:
                look_at = now + LOOK_S
                self._painter.found(self._look())
            if self._born_at is not None and now >= self._born_at:
                self._born_at = None
                self._painter.forget(photo=False)
            self._commanding.tick()
            # Online it is a moment before the session is told of; painted then, all would be painted twice.
            if self._met and self._line.online:
                self._painter.paint(now)

    def _due_in_s(self, look_at: float) -> float:
        """Seconds until something is to be done though nothing comes."""
        now = self._monotonic()
        moments = [look_at, *([self._born_at] if self._born_at is not None else []), *self._painter.due()]
        return min(max(0.0, min(moments) - now), self._commanding.due_in_s())

    def leave(self) -> None:
        self._mirror.close()
        self._line.stop(farewell=Will(topic=self._topics.availability, payload=OFFLINE))

    def _wait(self, seconds: float) -> None:
        """Take everything that has come, waiting for the first."""
        try:
            self._take(self._queue.get(timeout=seconds))
            while True:
                self._take(self._queue.get_nowait())
        except queue.Empty:
            return

    def _take(self, item: tuple[str, Any]) -> None:
        kind, value = item
        if kind == "rows":
            self._painter.changed(self._mirror.take(*value))
        elif kind == "link":
            self._met = self._met and value.state == "ok"
        elif kind == "session":
            self._met = True
            self._painter.forget(photo=True)
            self._line.publish(self._topics.availability, ONLINE, retain=True)
        elif kind == "message":
            self._message(value)

    def _message(self, message: Message) -> None:
        if message.topic == self._topics.status:
            if message.payload == ONLINE and not message.retained:
                self._born_at = self._monotonic() + BIRTH_PAUSE_S[0] + BIRTH_PAUSE_S[1] * self._chance()
        elif (command := self._topics.commanded(message.topic)) is not None:
            # A command that was retained may be from last year.
            if not message.retained and self._commanding.obey(*command, message.payload):
                self._painter.repaint(command[1])
        elif message.payload:
            self._painter.saw_announced(message.topic)

    def _hear(self, message: Message) -> None:
        if self._queue.qsize() < MOST_WAITING:
            self._queue.put(("message", message))

    def _linked(self, link: Link) -> None:
        self._queue.put(("link", link))
        self._tell("mqtt", link)

    def _tell(self, part: str, link: Link) -> None:
        told = {"part": part} | msgspec.structs.asdict(link)
        self._store.submit("set_health", told, caller=INTERNAL)
