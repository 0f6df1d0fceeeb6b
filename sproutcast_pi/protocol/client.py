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
from sproutcast_pi.protocol.link import Link
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

_logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 10.0
"""A phone on a windowsill comes back within this once the network does."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer as of `seq`: forget what you had. `key` tells rows apart (empty: the whole row does)."""

    seq: int
    rows: list[Row]
    key: list[str]


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What transaction `seq` changed; deleted rows as they were. `resumed`: it happened while we were away."""

    seq: int
    reducer: str = ""
    insert: list[Row] = []
    update: list[Row] = []
    delete: list[Row] = []
    resumed: bool = False


Message = Snapshot | Changed
_decoder = msgspec.json.Decoder(Response)


class Subscription:
    """A live query; it outlives connections until `close`."""

    def __init__(
        self,
        client: Client,
        sql: str,
        on_message: Callable[[Message], object],
        on_error: Callable[[RefusedError], object] | None,
    ) -> None:
        self.sql = sql
        self.on_message = on_message
        self.on_error = on_error
        self.since: int | None = None
        """The last transaction it holds for certain, from which it can be resumed."""
        self.level = False
        """Whether it is as far as its connection, whose last transaction then counts."""
        self.pieces: list[Row] = []
        self.id = 0
        self._client = client

    def close(self) -> None:
        """No more messages; safe to call twice."""
        self._client.drop(self)


class Client:
    """Calls reducers and follows queries. Callbacks run on the client's thread and must be quick."""

    def __init__(
        self, address: Path | str, *, token: str | None = None, name: str = "client", random: Random | None = None
    ) -> None:
        """`address`: the daemon's Unix socket, or `http://host:port` with a pairing token."""
        self.address = address
        self._headers = {"Sproutcast-Client": name} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._random = random or Random()  # noqa: S311  spreads reconnects, keeps no secret
        self._ids = count(1)
        self._outbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._telling = threading.RLock()
        """Held while a change is made and told, so that nobody hears of the one before after it."""
        self._link: Link | None = None
        self._subscriptions: dict[int, Subscription] = {}
        self._calls: dict[int, Future[Any]] = {}
        self._states: list[Callable[[str, str], object]] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{name}-connection", daemon=True)
        self._hello: Hello | None = None
        self._seq = 0
        self._failures = 0
        self._reason = ""

    @property
    def hello(self) -> Hello | None:
        """What the daemon said of itself when we last connected."""
        return self._hello

    @property
    def connected(self) -> bool:
        """Whether the daemon can be reached now."""
        return self._link is not None

    def start(self) -> None:
        """Connect, and from then on keep connected."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up for good; open calls fail with `unavailable`."""
        self._closing.set()
        with self._lock:
            if self._link is not None:
                self._link.wake()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def on_state(self, callback: Callable[[str, str], object]) -> None:
        """Tell `callback("connecting" | "live" | "away", reason)` about every change, and at once how it is now."""
        with self._telling:
            with self._lock:
                self._states.append(callback)
                away = ("away", self._reason) if self._reason else ("connecting", "")
                state = ("live", "") if self.connected else away
            callback(*state)

    def subscribe(
        self,
        sql: str,
        on_message: Callable[[Message], object],
        on_error: Callable[[RefusedError], object] | None = None,
    ) -> Subscription:
        """Follow a query: first a Snapshot, then Changed; after a break what was missed, or a new Snapshot.

        `on_error` is told when the query itself is refused.
        """
        subscription = Subscription(self, sql, on_message, on_error)
        with self._lock:
            self._ask(subscription)
        return subscription

    def drop(self, subscription: Subscription) -> None:
        """End a subscription."""
        with self._lock:
            if self._subscriptions.pop(subscription.id, None) is not None and self._link is not None:
                self._send(Unsubscribe(id=subscription.id))

    def call(self, reducer: str, args: Mapping[str, Any] | None = None) -> Future[Any]:
        """Call a reducer; the future gives what it returned.

        It fails with RefusedError, at once with code `unavailable` while the daemon is away: calls are never kept for
        later, for a lamp that goes on an hour after the button was pressed is a surprise.
        """
        future: Future[Any] = Future()
        with self._lock:
            if self._link is None:
                future.set_exception(
                    RefusedError(
                        f"The daemon is away ({self._reason or 'not connected yet'}); try again.", code="unavailable"
                    )
                )
                return future
            number = next(self._ids)
            self._calls[number] = future
            self._send(Call(id=number, reducer=reducer, args=dict(args or {})))
        return future

    def _ask(self, subscription: Subscription) -> None:
        """Subscribe anew under a fresh id, from where it was when its rows are whole; the lock is held."""
        self._subscriptions.pop(subscription.id, None)
        subscription.id = next(self._ids)
        subscription.pieces = []
        self._subscriptions[subscription.id] = subscription
        if self._link is None:
            return
        epoch = self._hello.epoch if self._hello is not None and subscription.since is not None else None
        self._send(Subscribe(id=subscription.id, sql=subscription.sql, since=subscription.since, epoch=epoch))

    def _send(self, message: Call | Subscribe | Unsubscribe) -> None:
        self._outbox.put(msgspec.json.encode(message))
        if self._link is not None:
            self._link.wake()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                link = Link(self.address, self._headers)
            except HandshakeError as error:
                self._away(_said(error))
            except OSError as error:
                self._away(error.strerror or str(error))
            else:
                try:
                    self._converse(link)
                    self._away("the daemon closed the connection")
                except (OSError, msgspec.MsgspecError) as error:
                    self._away(str(error))
                finally:
                    link.close()
            pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._failures, 10))
            self._failures += 1
            self._closing.wait(pause * self._random.uniform(0.5, 1.0))

    def _converse(self, link: Link) -> None:
        for message in link.messages():
            if self._closing.is_set():
                return
            if message is None:
                self._empty_outbox(link)
            else:
                self._take(link, _decoder.decode(message))

    def _empty_outbox(self, link: Link) -> None:
        while True:
            try:
                link.send(self._outbox.get_nowait())
            except queue.Empty:
                return

    def _take(self, link: Link, message: Response) -> None:
        match message:
            case Hello():
                self._greet(link, message)
            case Rows():
                self._rows(message)
            case Resumed():
                self._resumed(message)
            case Diff():
                self._seq = max(self._seq, message.seq)
                self._changes(message.seq, message.reducer, message.changes)
            case Answer():
                self._seq = max(self._seq, message.seq)
                self._changes(message.seq, "", message.changes)
                self._finish(message.id, message.value)
            case Refused():
                self._refused(message)
            case Resync():
                self._resync(message)
            case _:
                pass

    def _greet(self, link: Link, hello: Hello) -> None:
        with self._telling:
            with self._lock:
                if self._hello is None or self._hello.epoch != hello.epoch:
                    for subscription in self._subscriptions.values():
                        subscription.since = None
                self._hello = hello
                self._seq = 0
                self._outbox = queue.SimpleQueue()
                self._link = link
                self._failures = 0
                for subscription in list(self._subscriptions.values()):
                    self._ask(subscription)
                states = list(self._states)
            for callback in states:
                _safely(callback, "live", "")

    def _rows(self, message: Rows) -> None:
        subscription = self._subscriptions.get(message.id)
        if subscription is None:
            return
        subscription.pieces += message.rows
        if message.more:
            return
        rows, subscription.pieces = subscription.pieces, []
        # Not the connection's own number: others' changes up to this transaction may still be on their way.
        subscription.since, subscription.level = message.seq, True
        _safely(subscription.on_message, Snapshot(seq=message.seq, rows=rows, key=message.key))

    def _resumed(self, message: Resumed) -> None:
        subscription = self._subscriptions.get(message.id)
        if subscription is None:
            return
        for missed in message.missed:
            subscription.since = missed.seq
            changed = Changed(
                seq=missed.seq,
                reducer=missed.reducer,
                insert=missed.insert,
                update=missed.update,
                delete=missed.delete,
                resumed=True,
            )
            _safely(subscription.on_message, changed)
        if not message.more:
            subscription.since, subscription.level = message.seq, True

    def _changes(self, seq: int, reducer: str, changes: list[Change]) -> None:
        for change in changes:
            subscription = self._subscriptions.get(change.id)
            if subscription is not None:
                changed = Changed(
                    seq=seq, reducer=reducer, insert=change.insert, update=change.update, delete=change.delete
                )
                _safely(subscription.on_message, changed)

    def _resync(self, message: Resync) -> None:
        with self._lock:
            for number in message.ids:
                if number in self._subscriptions:
                    self._subscriptions[number].since = None
                    self._subscriptions[number].level = False
                    self._ask(self._subscriptions[number])

    def _finish(self, number: int, value: Any) -> None:
        with self._lock:
            future = self._calls.pop(number, None)
        if future is not None and future.set_running_or_notify_cancel():
            future.set_result(value)

    def _refused(self, message: Refused) -> None:
        error = RefusedError(message.message, code=message.code, field=message.field)
        with self._lock:
            future = self._calls.pop(message.id or 0, None)
            subscription = self._subscriptions.pop(message.id or 0, None)
        if future is not None and future.set_running_or_notify_cancel():
            future.set_exception(error)
        if subscription is not None:
            if subscription.on_error is None:
                _logger.error("The daemon refused %r: %s", subscription.sql, error)
            else:
                _safely(subscription.on_error, error)

    def _away(self, reason: str) -> None:
        with self._telling:
            with self._lock:
                was_connected, self._link = self._link is not None, None
                news = was_connected or reason != self._reason
                self._reason = reason
                calls, self._calls = self._calls, {}
                for subscription in self._subscriptions.values():
                    if subscription.level:
                        subscription.since = max(self._seq, subscription.since or 0)
                        subscription.level = False
                states = list(self._states) if news else []
            for future in calls.values():
                if future.set_running_or_notify_cancel():
                    future.set_exception(
                        RefusedError(
                            "The connection broke before the answer came; look whether it happened.", code="unavailable"
                        )
                    )
            for callback in states:
                _safely(callback, "away", reason)


def _said(error: HandshakeError) -> str:
    """The reason in the server's words when it gave one."""
    try:
        return msgspec.json.decode(error.body, type=Refused).message
    except msgspec.MsgspecError:
        return str(error)


def _safely(callback: Callable[..., object], *arguments: object) -> None:
    """A callback that fails must not take the connection with it."""
    try:
        callback(*arguments)
    except Exception:
        _logger.exception("A callback of the daemon's client failed")
