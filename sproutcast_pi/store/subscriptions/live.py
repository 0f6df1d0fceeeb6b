"""A query without LIMIT that somebody listens to, and what every live query offers the board."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.changes import Change
from sproutcast_pi.store.messages import Diff, Row, Rows
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.helper import Helper
from sproutcast_pi.store.subscriptions.plain import PlainQuery
from sproutcast_pi.store.subscriptions.reading import Reading, TooLongError
from sproutcast_pi.store.subscriptions.subscription import Subscription, Waitable

AT_ONCE_S = 0.003
AT_ONCE_ROWS = 1000
"""A first answer within these is read on the writer's thread; a longer one would hold up everybody's diffs."""
PIECE = 250
"""Rows a piece: under a millisecond's work, after which the loader looks whether the writer wants the interpreter."""
POLITE_S = 0.01
"""How long, after each piece, it lets the writer go first."""
LOAD_S = 30.0
LOOK_EVERY_S = 0.5
PATIENCE_S = 30.0
"""How long a first answer waits for a listener that is slow to take it."""


class Threads(msgspec.Struct, frozen=True):
    """Where a live query has its work done."""

    here: Reading
    """The writer thread's own read connection: between transactions it sees exactly what is committed."""
    loader: Helper
    rerunner: Helper
    between: Callable[[Callable[[], Any]], Any]
    """Runs a function on the writer's thread between two transactions."""
    after: Callable[[float, Callable[[], None]], None]
    """The same, so many seconds later."""
    again: Callable[[str], list[tuple[Any, ...]] | None]
    """Asks the write connection, in the midst of a transaction; None when it took too long."""
    calm: threading.Event
    """Set while the writer has nothing to commit."""
    undo: Callable[[Callable[[], None]], None]
    """Registers what brings a query back to its state from before the transaction."""


class Live(ABC):
    """A query that somebody listens to."""

    def __init__(self, table: Table | None) -> None:
        self.table = "" if table is None else table.name
        self.key = () if table is None else tuple(table.columns[place] for place in table.key)
        self.subscriptions: list[Subscription] = []
        self.newcomers: list[Subscription] = []
        """Those who still wait for their first rows."""

    @abstractmethod
    def join(self, subscription: Subscription, seq: int) -> None:
        """Give a new listener its first rows, as of `seq` or newer; diffs follow."""

    @abstractmethod
    def evaluate(self, seq: int, reducer: str, changes: list[Change]) -> Diff | None:
        """Return what a transaction that is not yet on disk changes in the answer."""

    def deliver(self, diff: Diff) -> int:
        """Tell everybody; the transaction is on disk. Returns how many were told."""
        for subscription in self.subscriptions:
            subscription.tell(diff)
        return len(self.subscriptions)

    def rows(
        self, seq: int, rows: list[Row], *, reset: bool = True, done: bool = True, encoded: bytes | None = None
    ) -> Rows:
        """Make the message that carries first rows."""
        return Rows(seq=seq, rows=rows, reset=reset, done=done, key=self.key, table=self.table, encoded=encoded)

    def leave(self, subscription: Subscription) -> bool:
        """Let a listener go; True when nobody is left."""
        for group in (self.subscriptions, self.newcomers):
            if subscription in group:
                group.remove(subscription)
        return not (self.subscriptions or self.newcomers)

    def end(self, error: RefusedError) -> None:
        """Tell everybody why nothing more comes."""
        for subscription in [*self.subscriptions, *self.newcomers]:
            subscription.end(error)

    def welcome(self, first: Rows) -> None:
        """Give those who waited their first rows."""
        for subscription in self.newcomers:
            if not subscription.closed:
                self.subscriptions.append(subscription)
                subscription.tell(first)
        self.newcomers.clear()


class LivePlain(Live):
    """Knows no rows; each listener reads its own first ones."""

    def __init__(self, query: PlainQuery, threads: Threads) -> None:
        super().__init__(query.table)
        self.query = query
        self._threads = threads

    def join(self, subscription: Subscription, seq: int) -> None:
        """Read the first rows at once when they are few, else on the loader's thread while diffs are held."""
        self.subscriptions.append(subscription)
        try:
            answer = self._threads.here.whole(self.query.sql, seconds=AT_ONCE_S, most=AT_ONCE_ROWS)
        except TooLongError:
            subscription.hold()
            self._threads.loader.do(lambda reading: self._load(reading, subscription))
            return
        subscription.tell(self.rows(max(seq, answer.seq), self._shown(answer.rows)))

    def resume(self, subscription: Subscription, since: int, missed: list[Diff]) -> None:
        """Give a listener that holds the answer as of `since` what it missed."""
        self.subscriptions.append(subscription)
        subscription.tell(self.rows(since, [], reset=False))
        for diff in missed:
            subscription.tell(diff)

    def evaluate(self, seq: int, reducer: str, changes: list[Change]) -> Diff | None:
        """Judge each changed row by itself."""
        return self.query.apply(seq, reducer, changes)

    def _shown(self, rows: list[tuple[Any, ...]]) -> list[Row]:
        return [self.query.shown.row(values) for values in rows]

    def _load(self, reading: Reading, subscription: Subscription) -> None:
        seq = 0
        try:
            for piece in self._pieces(reading, as_json=subscription.as_json):
                if subscription.closed or self._threads.loader.stopping.is_set():
                    return
                seq = piece.seq
                wait = subscription.tell(piece)
                self._threads.calm.wait(POLITE_S)
                if wait is not None and not piece.done:
                    self._await(wait, subscription)
        except TooLongError as error:
            said = RefusedError(f"the first rows could not be sent: {error}", code="unavailable")
            self._threads.between(lambda: subscription.end(said))
            return
        self._threads.between(lambda: subscription.release(seq))

    def _pieces(self, reading: Reading, *, as_json: bool) -> Iterator[Rows]:
        first = True
        if as_json and self.query.json is not None:
            for seq, text, done in reading.json_pieces(self.query.json, seconds=LOAD_S):
                yield self.rows(seq, [], reset=first, done=done, encoded=text)
                first = False
            return
        for seq, rows in reading.pieces(self.query.sql, seconds=LOAD_S, size=PIECE):
            yield self.rows(seq, self._shown(rows), reset=first, done=len(rows) < PIECE)
            first = False

    def _await(self, wait: Waitable, subscription: Subscription) -> None:
        until = time.monotonic() + PATIENCE_S
        while not (subscription.closed or wait.wait(LOOK_EVERY_S)):
            if self._threads.loader.stopping.is_set() or time.monotonic() > until:
                raise TooLongError("the listener took too long")
