"""A client of the daemon for screen and command line: one thread, reconnects by itself, resumes where it was."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message as TextMessage
from sproutcast_pi.protocol.messages import (
    Answer,
    Call,
    Change,
    Diff,
    Hello,
    Refused,
    Response,
    Resumed,
    Resync,
    Row,
    Rows,
    Subscribe,
    Unsubscribe,
)
from sproutcast_pi.protocol.websocket import HandshakeError
from sproutcast_pi.protocol.websocket_client import WebSocketClient

_logger = logging.getLogger(__name__)

MIN_BACKOFF_S = 0.1
MAX_BACKOFF_S = 10.0
"""A phone on a windowsill comes back within this once the network does."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer as of `seq`: forget what you had. `key` identifies a row (empty: the whole row does)."""

    seq: int
    rows: list[Row]
    key: list[str]


class RowChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What transaction `seq` changed; deleted rows as they were. `resumed`: it happened while we were away."""

    seq: int
    reducer: str = ""
    insert: list[Row] = []
    update: list[Row] = []
    delete: list[Row] = []
    resumed: bool = False


Message = Snapshot | RowChanges
_decoder = msgspec.json.Decoder(Response)


def has_rows(message: Message) -> bool:
    """Whether a message of a live query brings any row."""
    return bool(message.rows if isinstance(message, Snapshot) else [*message.insert, *message.update])


class LiveSubscription:
    """A live query; it outlives connections until `close`."""

    def __init__(
        self,
        client: DaemonClient,
        sql: str,
        on_message: Callable[[Message], object],
        on_error: Callable[[RefusedError], object] | None,
    ) -> None:
        self.sql = sql
        self.on_message = on_message
        self.on_error = on_error
        self.since: int | None = None
        """The last transaction it holds for certain, from which it can be resumed."""
        self.up_to_date = False
        """Whether it is as far as its connection, whose last transaction then counts."""
        self.partial_rows: list[Row] = []
        self.id = 0
        self._client = client

    def close(self) -> None:
        """No more messages; safe to call twice."""
        self._client.unsubscribe(self)


class DaemonClient:
    """Calls reducers and follows queries. Callbacks run on the client's thread and must be quick."""

    def __init__(
        self, address: Path | str, *, token: str | None = None, name: str = "client", random: Random | None = None
    ) -> None:
        """`address`: the daemon's Unix socket, or `http://host:port` with a pairing token."""
        self.address = address
        self._headers = {"Sproutcast-Client": name} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._random = random or Random()  # noqa: S311 - spreads reconnects, keeps no secret
        self._ids = count(1)
        self._send_queue: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._callback_lock = threading.RLock()
        """Locked while a change is made and its callbacks run, so that they see changes in order."""
        self._websocket: WebSocketClient | None = None
        self._subscriptions: dict[int, LiveSubscription] = {}
        self._calls: dict[int, Future[Any]] = {}
        self._state_callbacks: list[Callable[[str, TextMessage | None], object]] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{name}-connection", daemon=True)
        self._hello: Hello | None = None
        self._seq = 0
        self._failures = 0
        self._reason: TextMessage | None = None

    @property
    def hello(self) -> Hello | None:
        """The daemon's hello of the last connection."""
        return self._hello

    @property
    def connected(self) -> bool:
        """Whether the daemon can be reached now."""
        return self._websocket is not None

    def start(self) -> None:
        """Connect, and from then on keep connected."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up for good; open calls fail with `unavailable`."""
        self._closing.set()
        with self._lock:
            if self._websocket is not None:
                self._websocket.wake()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def on_state(self, callback: Callable[[str, TextMessage | None], object]) -> None:
        """Call `callback("connecting" | "live" | "away", reason)` about every change, and at once how it is now."""
        with self._callback_lock:
            with self._lock:
                self._state_callbacks.append(callback)
                away = ("away", self._reason) if self._reason else ("connecting", None)
                state = ("live", None) if self.connected else away
            callback(*state)

    def subscribe(
        self,
        sql: str,
        on_message: Callable[[Message], object],
        on_error: Callable[[RefusedError], object] | None = None,
    ) -> LiveSubscription:
        """Follow a query: first a Snapshot, then Changed; after a break what was missed, or a new Snapshot.

        `on_error` is called when the query itself is refused.
        """
        subscription = LiveSubscription(self, sql, on_message, on_error)
        with self._lock:
            self._send_subscribe(subscription)
        return subscription

    def unsubscribe(self, subscription: LiveSubscription) -> None:
        """End a subscription."""
        with self._lock:
            if self._subscriptions.pop(subscription.id, None) is not None and self._websocket is not None:
                self._send(Unsubscribe(id=subscription.id))

    def call(self, reducer: str, args: Mapping[str, Any] | None = None) -> Future[Any]:
        """Call a reducer; the future gives what it returned.

        It fails with RefusedError, at once with code `unavailable` while the daemon is away: calls are never kept for
        later, for a lamp that goes on an hour after the button was pressed is a surprise.
        """
        future: Future[Any] = Future()
        with self._lock:
            if self._websocket is None:
                future.set_exception(
                    RefusedError(phones.DAEMON_AWAY(reason=self._reason or phones.NOT_CONNECTED()), code="unavailable")
                )
                return future
            number = next(self._ids)
            self._calls[number] = future
            self._send(Call(id=number, reducer=reducer, args=dict(args or {})))
        return future

    def _send_subscribe(self, subscription: LiveSubscription) -> None:
        """Subscribe again under a fresh id, resuming when its rows are complete; the lock is held."""
        self._subscriptions.pop(subscription.id, None)
        subscription.id = next(self._ids)
        subscription.partial_rows = []
        self._subscriptions[subscription.id] = subscription
        if self._websocket is None:
            return
        epoch = self._hello.epoch if self._hello is not None and subscription.since is not None else None
        self._send(Subscribe(id=subscription.id, sql=subscription.sql, since=subscription.since, epoch=epoch))

    def _send(self, message: Call | Subscribe | Unsubscribe) -> None:
        self._send_queue.put(msgspec.json.encode(message))
        if self._websocket is not None:
            self._websocket.wake()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                link = WebSocketClient(self.address, self._headers)
            except HandshakeError as error:
                self._on_disconnected(_server_message(error))
            except OSError as error:
                self._on_disconnected(cause(error))
            else:
                try:
                    self._serve_connection(link)
                    self._on_disconnected(phones.CLOSED())
                except (OSError, msgspec.MsgspecError) as error:
                    self._on_disconnected(cause(error))
                finally:
                    link.close()
            pause = min(MAX_BACKOFF_S, MIN_BACKOFF_S * 2.0 ** min(self._failures, 10))
            self._failures += 1
            self._closing.wait(pause * self._random.uniform(0.5, 1.0))

    def _serve_connection(self, link: WebSocketClient) -> None:
        for message in link.messages():
            if self._closing.is_set():
                return
            if message is None:
                self._flush_send_queue(link)
            else:
                self._handle(link, _decoder.decode(message))

    def _flush_send_queue(self, link: WebSocketClient) -> None:
        while True:
            try:
                link.send(self._send_queue.get_nowait())
            except queue.Empty:
                return

    def _handle(self, link: WebSocketClient, message: Response) -> None:
        match message:
            case Hello():
                self._on_hello(link, message)
            case Rows():
                self._on_rows(message)
            case Resumed():
                self._on_resumed(message)
            case Diff():
                self._seq = max(self._seq, message.seq)
                self._deliver_changes(message.seq, message.reducer, message.changes)
            case Answer():
                self._seq = max(self._seq, message.seq)
                self._deliver_changes(message.seq, "", message.changes)
                self._resolve_call(message.id, message.value)
            case Refused():
                self._on_refused(message)
            case Resync():
                self._on_resync(message)
            case _:
                pass

    def _on_hello(self, link: WebSocketClient, hello: Hello) -> None:
        with self._callback_lock:
            with self._lock:
                if self._hello is None or self._hello.epoch != hello.epoch:
                    for subscription in self._subscriptions.values():
                        subscription.since = None
                self._hello = hello
                self._seq = 0
                self._send_queue = queue.SimpleQueue()
                self._websocket = link
                self._failures = 0
                for subscription in list(self._subscriptions.values()):
                    self._send_subscribe(subscription)
                states = list(self._state_callbacks)
            for callback in states:
                _run_callback(callback, "live", "")

    def _on_rows(self, message: Rows) -> None:
        subscription = self._subscriptions.get(message.id)
        if subscription is None:
            return
        subscription.partial_rows += message.rows
        if message.more:
            return
        rows, subscription.partial_rows = subscription.partial_rows, []
        # Not the connection's own number: others' changes up to this transaction may still be on their way.
        subscription.since, subscription.up_to_date = message.seq, True
        _run_callback(subscription.on_message, Snapshot(seq=message.seq, rows=rows, key=message.key))

    def _on_resumed(self, message: Resumed) -> None:
        subscription = self._subscriptions.get(message.id)
        if subscription is None:
            return
        for missed in message.missed:
            subscription.since = missed.seq
            changed = RowChanges(
                seq=missed.seq,
                reducer=missed.reducer,
                insert=missed.insert,
                update=missed.update,
                delete=missed.delete,
                resumed=True,
            )
            _run_callback(subscription.on_message, changed)
        if not message.more:
            subscription.since, subscription.up_to_date = message.seq, True

    def _deliver_changes(self, seq: int, reducer: str, changes: list[Change]) -> None:
        for change in changes:
            subscription = self._subscriptions.get(change.id)
            if subscription is not None:
                changed = RowChanges(
                    seq=seq, reducer=reducer, insert=change.insert, update=change.update, delete=change.delete
                )
                _run_callback(subscription.on_message, changed)

    def _on_resync(self, message: Resync) -> None:
        with self._lock:
            for number in message.ids:
                if number in self._subscriptions:
                    self._subscriptions[number].since = None
                    self._subscriptions[number].up_to_date = False
                    self._send_subscribe(self._subscriptions[number])

    def _resolve_call(self, number: int, value: Any) -> None:
        with self._lock:
            future = self._calls.pop(number, None)
        if future is not None and future.set_running_or_notify_cancel():
            future.set_result(value)

    def _on_refused(self, message: Refused) -> None:
        error = message.error()
        with self._lock:
            future = self._calls.pop(message.id or 0, None)
            subscription = self._subscriptions.pop(message.id or 0, None)
        if future is not None and future.set_running_or_notify_cancel():
            future.set_exception(error)
        if subscription is not None:
            if subscription.on_error is None:
                _logger.error("The daemon refused %r: %s", subscription.sql, error)
            else:
                _run_callback(subscription.on_error, error)

    def _on_disconnected(self, reason: TextMessage) -> None:
        with self._callback_lock:
            with self._lock:
                was_connected, self._websocket = self._websocket is not None, None
                news = was_connected or reason != self._reason
                self._reason = reason
                calls, self._calls = self._calls, {}
                for subscription in self._subscriptions.values():
                    if subscription.up_to_date:
                        subscription.since = max(self._seq, subscription.since or 0)
                        subscription.up_to_date = False
                states = list(self._state_callbacks) if news else []
            for future in calls.values():
                if future.set_running_or_notify_cancel():
                    future.set_exception(RefusedError(phones.CONNECTION_LOST(), code="unavailable"))
            for callback in states:
                _run_callback(callback, "away", reason)


def _server_message(error: HandshakeError) -> TextMessage:
    """The reason in the server's words when it gave one."""
    try:
        return msgspec.json.decode(error.body, type=Refused).error().message
    except msgspec.MsgspecError:
        return error.message


def _run_callback(callback: Callable[..., object], *arguments: object) -> None:
    """A callback that fails must not take the connection with it."""
    try:
        callback(*arguments)
    except Exception:
        _logger.exception("A callback of the daemon's client failed")
