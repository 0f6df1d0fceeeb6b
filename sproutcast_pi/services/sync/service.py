"""The sync: keeps the hub's copy of this device up to date, and forgets only what the hub has on disk."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sproutcast_pi.messages.areas import broker
from sproutcast_pi.messages.message import Message
from sproutcast_pi.ports import Clock
from sproutcast_pi.protocol.sync import (
    Committed,
    DeviceRejected,
    HubMessage,
    SequenceGap,
    SnapshotPartStored,
    answers_topic,
    decode_hub_message,
    encode,
    photos_topic,
    rows_topic,
)
from sproutcast_pi.services.mqtt.broker import Broker
from sproutcast_pi.services.mqtt.messages import ConnectionStatus, MqttMessage, MqttSession, TopicSubscription
from sproutcast_pi.services.sync import status_messages
from sproutcast_pi.services.sync.byte_rate_limit import ByteRateLimit
from sproutcast_pi.services.sync.health_throttle import HealthThrottle
from sproutcast_pi.services.sync.log_reader import excluded_plants
from sproutcast_pi.services.sync.photo_queue import PhotoQueue, PhotoSelection
from sproutcast_pi.services.sync.photo_sender import PhotoSender
from sproutcast_pi.services.sync.row_sender import RowSender
from sproutcast_pi.store.engine import INTERNAL, Store

if TYPE_CHECKING:
    from sproutcast_pi.services.mqtt.connection import MqttConnection

LOG = logging.getLogger(__name__)
SAVE_EVERY_S = 30.0
"""How often the place in the log is written down; a stale place only means that a little is sent twice."""
MAX_WAIT_S = 10.0
"""The longest wait; what happens wakes us."""
MAX_INBOX = 1000
"""Answers that may wait for the service's thread: several times the window."""
REJECTED_BACKOFF_S = 30.0
HUB_SILENT_AFTER_S = 60.0
ACK_FAILURE = 0x80
"""MQTT 5 reason codes from here on mean that the broker did not take it."""


class SyncOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to sync."""

    base_topic: str = "sproutcast"
    client_id: str = ""
    """Empty: made of the device's name."""
    window: int = 50
    """Messages under way at once."""
    patience_s: float = 10.0
    pictures: PhotoSelection = "thumbnails"
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
        self._photo_folder = pictures
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
        self.run_while(lambda: not stop.is_set())

    def run_while(self, wanted: Callable[[], bool]) -> None:
        """Follow while it is wanted; `wake` has it asked."""
        saved = int(self._store.call("register_follower", {"name": status_messages.FOLLOWER}, caller=INTERNAL).value)
        following = _SyncRun(self, saved)
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
                self._clock.wait(self._wake, min(pause, MAX_WAIT_S))
        finally:
            sub.close()
            connection.stop()
            following.save_position()

    def _connect(self, following: _SyncRun) -> MqttConnection:
        # The MQTT library is only loaded by those who sync.
        from sproutcast_pi.services.mqtt.connection import MqttConnection  # noqa: PLC0415 - only those who sync load it

        connection = MqttConnection(
            self._broker,
            client_id=self._options.client_id or f"{self._store.device}-sync",
            on_session=following.on_session,
            on_message=following.on_message,
            on_link=following.on_status,
            subscriptions=[TopicSubscription(filter=answers_topic(self._options.base_topic, self._store.device))],
        )
        connection.start()
        return connection


class _SyncRun:
    """One run's state. `step` and what it calls belong to the service's thread, the rest to the connection's."""

    def __init__(self, service: SyncService, saved: int) -> None:
        self._service = service
        self._store = service._store
        self._clock = service._clock
        self._options = service._options
        self._inbox: deque[Callable[[float], None]] = deque()
        self._reporter = HealthThrottle(self._store)
        self._connection_status = ConnectionStatus(state="warn", message=broker.NOT_YET())
        self._publish_error: int | None = None
        self._refusal: tuple[Message, float] | None = None
        self._online = self._hello_due = False
        self._saved = saved
        now = self._clock.monotonic()
        self._saved_at = self._last_answer_s = now
        state = service._state
        self._row_sender = RowSender(
            self._store,
            acked=saved,
            size=self._options.window,
            patience_s=self._options.patience_s,
            copy_path=state / "full-copy",
        )
        self._photo_queue = PhotoQueue(
            self._store,
            folder=service._photo_folder,
            state=state / "pictures.json",
            wanted=self._options.pictures,
        )
        self._photo_sender = PhotoSender(
            self._photo_queue,
            epoch=self._store.epoch,
            chunk_bytes=self._options.chunk_bytes,
            budget=ByteRateLimit(self._options.picture_bytes_per_hour, now),
            patience_s=self._options.patience_s,
        )

    # ---- on the connection's thread

    def on_session(self, _session: MqttSession) -> None:
        """The broker took us in."""
        self._post(self._start_session)

    def on_status(self, link: ConnectionStatus) -> None:
        """The connection is another than it was."""
        self._post(lambda _now: self._set_connection_status(link))

    def on_message(self, message: MqttMessage) -> None:
        """Something came from the hub."""
        if len(self._inbox) >= MAX_INBOX:
            return  # a flood; what a hub answered is asked for again
        try:
            answer = decode_hub_message(message.payload)
        except ValueError as error:
            LOG.warning("%s: %s", message.topic, error)
            return
        self._post(lambda now: self._on_answer(answer, now))

    def _on_publish_result(self, code: int) -> None:
        if code >= ACK_FAILURE or self._publish_error is not None:
            self._post(lambda _now: self._set_publish_error(code))

    def _post(self, happening: Callable[[float], None]) -> None:
        self._inbox.append(happening)
        self._service.wake()

    # ---- on the service's thread

    def step(self, connection: MqttConnection) -> float:
        """Receive, send and report; return the seconds until something is due."""
        now = self._clock.monotonic()
        while self._inbox:
            self._inbox.popleft()(now)
        pause = self._send(connection, now) if self._online and not self._paused(now) else MAX_WAIT_S
        if self._row_sender.acked > self._saved and now - self._saved_at > SAVE_EVERY_S:
            self.save_position()
            self._saved_at = now
        if not self._row_sender.awaiting_answer:
            self._last_answer_s = now
        self._report(now)
        return pause

    def save_position(self) -> None:
        """Write down how far the hub is."""
        if self._row_sender.acked > self._saved:
            self._saved = self._row_sender.acked
            self._store.submit(
                "acknowledge_log", {"name": status_messages.FOLLOWER, "seq": self._saved}, caller=INTERNAL
            )

    def _send(self, connection: MqttConnection, now: float) -> float:
        service = self._service
        if self._hello_due:
            self._hello_due = not connection.publish(service._rows_topic, self._row_sender.hello())
        while (payload := self._row_sender.next_message(now)) is not None:
            if not connection.publish(service._rows_topic, payload, acknowledged=self._on_publish_result):
                self._row_sender.rewind()
                return MAX_WAIT_S
        look = self._row_sender.next_timeout_s(now)
        if not self._row_sender.idle or excluded_plants(self._store):
            # A photograph shows every plant, so none leaves while the owner keeps one of them back.
            return MAX_WAIT_S if look is None else look
        chunk = self._photo_sender.next_chunk(now)
        if chunk is not None and not connection.publish(service._photos_topic, encode(chunk)):
            self._photo_sender.rewind()
            return MAX_WAIT_S
        return min(self._photo_sender.next_check_s(now), MAX_WAIT_S if look is None else look)

    def _start_session(self, _now: float) -> None:
        self._online = True
        self._row_sender.rewind()
        self._photo_sender.rewind()
        self._hello_due = True

    def _set_connection_status(self, link: ConnectionStatus) -> None:
        self._connection_status = link
        self._online = link.state == "ok"

    def _on_answer(self, answer: HubMessage, now: float) -> None:
        self._last_answer_s = now
        self._refusal = None
        if isinstance(answer, DeviceRejected):
            self._refusal = (answer.shown, now)
            self._row_sender.rewind()
            self._photo_sender.rewind()
        elif isinstance(answer, Committed | SequenceGap | SnapshotPartStored):
            self._row_sender.on_answer(answer, now)
        else:
            self._photo_sender.on_answer(answer)

    def _set_publish_error(self, code: int) -> None:
        self._publish_error = code if code >= ACK_FAILURE else None

    def _paused(self, now: float) -> bool:
        return self._refusal is not None and now - self._refusal[1] < REJECTED_BACKOFF_S

    def _report(self, now: float) -> None:
        self._reporter.report("sync", self._status(now), now)
        if self._reporter.due("outbox", now):
            self._reporter.report(
                "outbox", status_messages.backlog(self._row_sender.pending, self._photo_queue.pending_count()), now
            )

    def _status(self, now: float) -> status_messages.SyncStatus:
        if not self._online:
            return status_messages.SyncStatus(
                state=self._connection_status.state,
                message=self._connection_status.message,
                advice=self._connection_status.advice,
            )
        if self._refusal is not None:
            return status_messages.rejected(self._refusal[0])
        if self._publish_error is not None:
            return status_messages.publish_rejected(self._publish_error)
        if self._row_sender.awaiting_answer and now - self._last_answer_s > HUB_SILENT_AFTER_S:
            return status_messages.hub_silent(now - self._last_answer_s)
        return status_messages.connected()
