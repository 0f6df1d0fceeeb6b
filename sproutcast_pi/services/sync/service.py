"""The sync: keeps the hub's copy of this device up to date, and forgets only what the hub has on disk."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sproutcast_pi.ports import Clock
from sproutcast_pi.protocol.sync import (
    Committed,
    Down,
    Missing,
    PartKept,
    Refused,
    answers_topic,
    decode_down,
    encode,
    photos_topic,
    rows_topic,
)
from sproutcast_pi.services.mqtt.broker import Broker
from sproutcast_pi.services.mqtt.messages import Link, Message, Session, Subscription
from sproutcast_pi.services.sync import words
from sproutcast_pi.services.sync.byte_budget import ByteBudget
from sproutcast_pi.services.sync.log_reader import kept_back
from sproutcast_pi.services.sync.picture_lane import PictureLane
from sproutcast_pi.services.sync.pictures import Pictures, Wanted
from sproutcast_pi.services.sync.reporter import Reporter
from sproutcast_pi.services.sync.row_lane import RowLane
from sproutcast_pi.store.engine import INTERNAL, Store

if TYPE_CHECKING:
    from sproutcast_pi.services.mqtt.connection import Connection

LOG = logging.getLogger(__name__)
SAVE_EVERY_S = 30.0
"""How often the place in the log is written down; a stale place only means that a little is sent twice."""
LOOK_S = 10.0
"""The longest wait; what happens wakes us."""
REFUSED_PAUSE_S = 30.0
SILENT_S = 60.0
FAILURE = 0x80
"""MQTT 5 reason codes from here on mean that the broker did not take it."""


class SyncOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to sync."""

    base_topic: str = "sproutcast"
    client_id: str = ""
    """Empty: made of the device's name."""
    window: int = 50
    """Messages under way at once."""
    patience_s: float = 10.0
    pictures: Wanted = "thumbnails"
    picture_bytes_per_hour: int = 50_000_000
    chunk_bytes: int = 32 * 1024


class SyncService:
    """Follows one store to one hub. `pictures` is the folder of the photographs, `state` one of our own."""

    name = "sync"

    def __init__(
        self, *, store: Store, broker: Broker, options: SyncOptions, pictures: Path, state: Path, clock: Clock
    ) -> None:
        self._store = store
        self._broker = broker
        self._options = options
        self._pictures_folder = pictures
        self._state = state
        self._clock = clock
        self._rows_topic = rows_topic(options.base_topic, store.device)
        self._photos_topic = photos_topic(options.base_topic, store.device)
        self._wake = threading.Event()

    def wake(self) -> None:
        """Look at once whether to stop; any thread may call."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Follow until `stop` is set."""
        self.follow(lambda: not stop.is_set())

    def follow(self, wanted: Callable[[], bool]) -> None:
        """Follow while it is wanted; `wake` has it asked."""
        saved = int(self._store.call("register_follower", {"name": words.FOLLOWER}, caller=INTERNAL).value)
        following = _Following(self, saved)
        sub = self._store.subscribe(
            "SELECT seq FROM _tx ORDER BY seq DESC LIMIT 1", lambda _: self._wake.set(), caller=INTERNAL
        )
        connection = self._connect(following)
        try:
            while True:
                self._wake.clear()
                if not wanted():
                    return
                pause = following.step(connection)
                self._clock.wait(self._wake, min(pause, LOOK_S))
        finally:
            sub.close()
            connection.stop()
            following.save()

    def _connect(self, following: _Following) -> Connection:
        # The MQTT library is only loaded by those who sync.
        from sproutcast_pi.services.mqtt.connection import Connection  # noqa: PLC0415

        connection = Connection(
            self._broker,
            client_id=self._options.client_id or f"{self._store.device}-sync",
            on_session=following.session_began,
            on_message=following.arrived,
            on_link=following.link_changed,
            subscriptions=[Subscription(filter=answers_topic(self._options.base_topic, self._store.device))],
        )
        connection.start()
        return connection


class _Following:
    """One run's state. `step` and what it calls belong to the service's thread, the rest to the connection's."""

    def __init__(self, service: SyncService, saved: int) -> None:
        self._service = service
        self._store = service._store  # noqa: SLF001  # two halves of one thing
        self._clock = service._clock  # noqa: SLF001
        self._options = service._options  # noqa: SLF001
        self._inbox: deque[Callable[[float], None]] = deque()
        self._reporter = Reporter(self._store)
        self._link = Link(state="warn", message="Not connected yet.")
        self._broker_says: int | None = None
        self._refusal: tuple[str, float] | None = None
        self._online = self._greet = False
        self._saved = saved
        now = self._clock.monotonic()
        self._saved_at = self._heard_at = now
        state = service._state  # noqa: SLF001
        self._rows = RowLane(
            self._store,
            acked=saved,
            size=self._options.window,
            patience_s=self._options.patience_s,
            copy_path=state / "full-copy",
        )
        self._pictures = Pictures(
            self._store,
            folder=service._pictures_folder,  # noqa: SLF001
            state=state / "pictures.json",
            wanted=self._options.pictures,
        )
        self._photos = PictureLane(
            self._pictures,
            epoch=self._store.epoch,
            chunk_bytes=self._options.chunk_bytes,
            budget=ByteBudget(self._options.picture_bytes_per_hour, now),
            patience_s=self._options.patience_s,
        )

    # ---- on the connection's thread

    def session_began(self, _session: Session) -> None:
        """The broker took us in."""
        self._tell(self._begin)

    def link_changed(self, link: Link) -> None:
        """The connection is another than it was."""
        self._tell(lambda _now: self._linked(link))

    def arrived(self, message: Message) -> None:
        """Something came from the hub."""
        try:
            answer = decode_down(message.payload)
        except ValueError as error:
            LOG.warning("%s: %s", message.topic, error)
            return
        self._tell(lambda now: self._heard(answer, now))

    def _broker_answered(self, code: int) -> None:
        if code >= FAILURE or self._broker_says is not None:
            self._tell(lambda _now: self._judged(code))

    def _tell(self, happening: Callable[[float], None]) -> None:
        self._inbox.append(happening)
        self._service.wake()

    # ---- on the service's thread

    def step(self, connection: Connection) -> float:
        """Hear, send, report; return how long nothing will be due."""
        now = self._clock.monotonic()
        while self._inbox:
            self._inbox.popleft()(now)
        pause = self._send(connection, now) if self._online and not self._paused(now) else LOOK_S
        if self._rows.acked > self._saved and now - self._saved_at > SAVE_EVERY_S:
            self.save()
            self._saved_at = now
        if not self._rows.under_way:
            self._heard_at = now
        self._report(now)
        return pause

    def save(self) -> None:
        """Write down how far the hub is."""
        if self._rows.acked > self._saved:
            self._saved = self._rows.acked
            self._store.submit("acknowledge_log", {"name": words.FOLLOWER, "seq": self._saved}, caller=INTERNAL)

    def _send(self, connection: Connection, now: float) -> float:
        service = self._service
        if self._greet:
            self._greet = not connection.publish(service._rows_topic, self._rows.hello())  # noqa: SLF001
        while (payload := self._rows.next_message(now)) is not None:
            if not connection.publish(service._rows_topic, payload, acknowledged=self._broker_answered):  # noqa: SLF001
                self._rows.rewind()
                return LOOK_S
        look = self._rows.next_look_s(now)
        if not self._rows.idle or kept_back(self._store):
            # A photograph shows every plant, so none leaves while the owner keeps one of them back.
            return LOOK_S if look is None else look
        chunk = self._photos.next_chunk(now)
        if chunk is not None and not connection.publish(service._photos_topic, encode(chunk)):  # noqa: SLF001
            self._photos.rewind()
            return LOOK_S
        return min(self._photos.next_look_s(now), LOOK_S if look is None else look)

    def _begin(self, _now: float) -> None:
        self._online = True
        self._rows.rewind()
        self._photos.rewind()
        self._greet = True

    def _linked(self, link: Link) -> None:
        self._link = link
        self._online = link.state == "ok"

    def _heard(self, answer: Down, now: float) -> None:
        self._heard_at = now
        self._refusal = None
        if isinstance(answer, Refused):
            self._refusal = (answer.reason, now)
            self._rows.rewind()
            self._photos.rewind()
        elif isinstance(answer, Committed | Missing | PartKept):
            self._rows.heard(answer, now)
        else:
            self._photos.heard(answer)

    def _judged(self, code: int) -> None:
        self._broker_says = code if code >= FAILURE else None

    def _paused(self, now: float) -> bool:
        return self._refusal is not None and now - self._refusal[1] < REFUSED_PAUSE_S

    def _report(self, now: float) -> None:
        self._reporter.say("sync", self._standing(now), now)
        if self._reporter.due("outbox", now):
            self._reporter.say("outbox", words.outbox(self._rows.waiting, self._pictures.waiting()), now)

    def _standing(self, now: float) -> words.Standing:
        if not self._online:
            return words.Standing(state=self._link.state, message=self._link.message, advice=self._link.advice)
        if self._refusal is not None:
            return words.refused(self._refusal[0])
        if self._broker_says is not None:
            return words.unstored(self._broker_says)
        if self._rows.under_way and now - self._heard_at > SILENT_S:
            return words.silent(now - self._heard_at)
        return words.well()
