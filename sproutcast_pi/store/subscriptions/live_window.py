"""A window that somebody listens to: kept in memory, read again when it is used up, aside when that takes long."""

from __future__ import annotations

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.changes import NetChange
from sproutcast_pi.store.messages import QueryDiff
from sproutcast_pi.store.subscriptions.ast import has_like
from sproutcast_pi.store.subscriptions.live_query import LOAD_TIMEOUT_S, LiveQuery, Threads, as_refusal
from sproutcast_pi.store.subscriptions.parse import MAX_WINDOW
from sproutcast_pi.store.subscriptions.read_connection import QueryResult, ReadConnection, TooLongError
from sproutcast_pi.store.subscriptions.subscription import QuerySubscription
from sproutcast_pi.store.subscriptions.window import RowWindow, WindowExhausted

Missed = list[tuple[int, str, list[NetChange]]]


class LiveWindow(LiveQuery):
    """Either at hand, or being read, while the changes it misses are kept."""

    def __init__(self, window: RowWindow, threads: Threads) -> None:
        super().__init__(window.table)
        self.window = window
        self._threads = threads
        self._missed: Missed | None = None
        self._loaded = False

    def add_subscription(self, subscription: QuerySubscription, seq: int) -> None:
        """Give what is in memory; the first listener's query is read at once when that is quick."""
        if not self._loaded and self._missed is None:
            answer = self._threads.read_inline(self.window.sql, self.window.select, MAX_WINDOW * 2)
            if answer is None:
                self._reload([], subscription.owner)
            else:
                self.window.load(answer.rows)
                self.window.difference(seq, None)
                self._loaded = True
        if self._missed is not None:
            self.pending.append(subscription)
            return
        self.subscriptions.append(subscription)
        subscription.deliver(self.rows_message(seq, self.window.rows()))

    def evaluate(self, seq: int, reducer: str, changes: list[NetChange]) -> QueryDiff | None:
        """Move the rows; ask SQLite again, within the transaction, when those kept are used up."""
        missed = self._missed
        if missed is not None:
            missed.append((seq, reducer, changes))
            self._threads.on_rollback(lambda: _drop_rolled_back(missed, seq))
            return None
        undo = self.window.checkpoint()
        try:
            if not self.window.apply(changes):
                return None
            self._threads.on_rollback(undo)
        except WindowExhausted:
            self._threads.on_rollback(undo)
            rows = None if has_like(self.window.select.where) else self._threads.requery(self.window.sql)
            if rows is None:
                begun: Missed = [(seq, reducer, changes)]
                self._missed = begun
                self._threads.on_rollback(lambda: _drop_rolled_back(begun, seq))
                # Not before the commit: a reader would see the state from before the whole group of transactions.
                self._threads.run_on_writer(lambda: self._threads.loader.submit(self._load, self._owner()))
                return None
            self.window.load(rows)
        return self.window.difference(seq, reducer)

    def _reload(self, missed: Missed, owner: str) -> None:
        self._missed = missed
        self._threads.loader.submit(self._load, owner)

    def _owner(self) -> str:
        return next((one.owner for one in (*self.pending, *self.subscriptions)), "")

    def _load(self, reading: ReadConnection) -> None:
        try:
            answer = reading.fetch_all(self.window.sql, seconds=LOAD_TIMEOUT_S, most=MAX_WINDOW * 2)
        except TooLongError as error:
            refusal = RefusedError(f"the window could not be read: {error}; an index or a WHERE would help")
            self._threads.run_on_writer(lambda: self._fail(refusal))
            return
        except Exception as error:  # noqa: BLE001 - any failure is an answer; as_refusal logs what is no refusal
            refused = as_refusal(error)
            self._threads.run_on_writer(lambda: self._fail(refused))
            return
        self._threads.run_on_writer(lambda: self._apply_result(answer))

    def _apply_result(self, answer: QueryResult) -> None:
        assert self._missed is not None
        self.window.load(answer.rows)
        seq = answer.seq
        try:
            for seq_missed, _, changes in self._missed:
                if seq_missed > answer.seq:
                    self.window.apply(changes)
                    seq = seq_missed
        except WindowExhausted:
            self._reload([one for one in self._missed if one[0] > answer.seq], self._owner())
            return
        self._missed, self._loaded = None, True
        diff = self.window.difference(seq, None)
        if diff is not None:
            self.broadcast(diff)
        self.deliver_first_rows(self.rows_message(seq, self.window.rows()))

    def _fail(self, error: RefusedError) -> None:
        self._missed, self._loaded = None, False
        self.close_with_error(error)


def _drop_rolled_back(missed: Missed, seq: int) -> None:
    """The transactions from `seq` on came to nothing."""
    missed[:] = [one for one in missed if one[0] < seq]
