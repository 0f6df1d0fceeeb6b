"""A join or aggregate that somebody listens to: asked again when a table it reads changed, at a bounded rate."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.changes import Change
from sproutcast_pi.store.messages import Diff, Row
from sproutcast_pi.store.subscriptions.live import AT_ONCE_S, Live, Threads
from sproutcast_pi.store.subscriptions.reading import Answer, Examined, Reading, TooLongError
from sproutcast_pi.store.subscriptions.subscription import Subscription

EVERY_S = 0.1
"""The shortest time between two runs of one query."""
SHARE = 5
"""A run is followed by a pause of at least so many times its own length."""
RUN_S = 1.0
MAX_ROWS = 10_000

_DIRTY = Diff(seq=0, reducer=None)
"""Stands for "ask again"; it is never told."""


class LiveRerun(Live):
    """Keeps the last answer, every row with how often it occurs."""

    def __init__(self, sql: str, about: Examined, threads: Threads) -> None:
        super().__init__(None)
        self.sql = sql
        self.tables = about.tables
        self._columns = about.columns
        self._threads = threads
        self._answer: Answer | None = None
        self._running = False
        self._dirty = False
        self._not_before = 0.0

    def join(self, subscription: Subscription, seq: int) -> None:
        """Give the last answer; the first one is computed at once when that is quick."""
        if self._answer is None and not self._running:
            try:
                self._answer = self._threads.here.whole(self.sql, seconds=AT_ONCE_S, most=MAX_ROWS)
            except TooLongError:
                self._run()
        if self._answer is None:
            self.newcomers.append(subscription)
            return
        self.subscriptions.append(subscription)
        answer = self._answer
        behind = self._running or self._dirty
        subscription.tell(self.rows(answer.seq if behind else max(seq, answer.seq), self._shown(answer.rows)))

    def evaluate(self, seq: int, reducer: str, changes: list[Change]) -> Diff | None:
        """One of its tables changed."""
        del seq, reducer, changes
        return _DIRTY

    def deliver(self, diff: Diff) -> int:
        """Ask again, now or as soon as may be."""
        del diff
        if not self._dirty and not self._running:
            wait = self._not_before - time.monotonic()
            if wait > 0:
                self._threads.after(wait, self._run)
            else:
                self._run()
                return 0
        self._dirty = True
        return 0

    def _run(self) -> None:
        if not self._running and (self.subscriptions or self.newcomers or self._answer is None):
            self._running, self._dirty = True, False
            self._threads.rerunner.do(self._read)

    def _read(self, reading: Reading) -> None:
        began = time.monotonic()
        try:
            answer = reading.whole(self.sql, seconds=RUN_S, most=MAX_ROWS)
        except TooLongError as error:
            said = RefusedError(f"the query was stopped: {error}; narrow it with WHERE or LIMIT", code="unavailable")
            self._threads.between(lambda: self._give_up(said))
            return
        took = time.monotonic() - began
        self._threads.between(lambda: self._take(answer, took))

    def _take(self, answer: Answer, took: float) -> None:
        before, self._answer = self._answer, answer
        self._running = False
        self._not_before = time.monotonic() + max(EVERY_S, SHARE * took)
        if before is not None:
            old, new = Counter(map(_exact, before.rows)), Counter(map(_exact, answer.rows))
            insert = self._shown([row for row, _ in (new - old).elements()])
            delete = self._shown([row for row, _ in (old - new).elements()])
            if insert or delete:
                diff = Diff(seq=answer.seq, reducer=None, insert=insert, delete=delete)
                super().deliver(diff)
        self.welcome(self.rows(answer.seq, self._shown(answer.rows)))
        if self._dirty:
            self._threads.after(self._not_before - time.monotonic(), self._run)

    def _shown(self, rows: list[tuple[Any, ...]]) -> list[Row]:
        return [dict(zip(self._columns, values, strict=True)) for values in rows]

    def _give_up(self, error: RefusedError) -> None:
        self._running, self._dirty, self._answer = False, False, None
        self.end(error)


def _exact(row: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[type, ...]]:
    """A row that differs from one with 1.0 where it has 1."""
    return row, tuple(map(type, row))
