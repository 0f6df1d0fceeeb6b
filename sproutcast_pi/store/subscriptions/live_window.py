"""A window that somebody listens to: kept in memory, read again when it is used up, aside when that takes long."""

from __future__ import annotations

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.changes import Change
from sproutcast_pi.store.messages import Diff
from sproutcast_pi.store.subscriptions.live import AT_ONCE_S, LOAD_S, Live, Threads
from sproutcast_pi.store.subscriptions.parse import MAX_WINDOW
from sproutcast_pi.store.subscriptions.reading import Answer, Reading, TooLongError
from sproutcast_pi.store.subscriptions.subscription import Subscription
from sproutcast_pi.store.subscriptions.window import Spent, Window

Missed = list[tuple[int, str, list[Change]]]


class LiveWindow(Live):
    """Either at hand, or being read, while the changes it misses are kept."""

    def __init__(self, window: Window, threads: Threads) -> None:
        super().__init__(window.table)
        self.window = window
        self._threads = threads
        self._missed: Missed | None = None
        self._loaded = False

    def join(self, subscription: Subscription, seq: int) -> None:
        """Give what is in memory; the first listener's query is read at once when that is quick."""
        if not self._loaded and self._missed is None:
            try:
                answer = self._threads.here.whole(self.window.sql, seconds=AT_ONCE_S, most=MAX_WINDOW * 2)
            except TooLongError:
                self._read_aside([])
            else:
                self.window.load(answer.rows)
                self.window.difference(seq, None)
                self._loaded = True
        if self._missed is not None:
            self.newcomers.append(subscription)
            return
        self.subscriptions.append(subscription)
        subscription.tell(self.rows(seq, self.window.rows()))

    def evaluate(self, seq: int, reducer: str, changes: list[Change]) -> Diff | None:
        """Move the rows; ask SQLite again, within the transaction, when those kept are used up."""
        missed = self._missed
        if missed is not None:
            missed.append((seq, reducer, changes))
            self._threads.undo(lambda: _drop(missed, seq))
            return None
        undo = self.window.remember()
        try:
            if not self.window.apply(changes):
                return None
            self._threads.undo(undo)
        except Spent:
            self._threads.undo(undo)
            rows = self._threads.again(self.window.sql)
            if rows is None:
                begun: Missed = [(seq, reducer, changes)]
                self._missed = begun
                self._threads.undo(lambda: _drop(begun, seq))
                # Not before the commit: a reader would see the state from before the whole group of transactions.
                self._threads.between(lambda: self._threads.loader.do(self._load))
                return None
            self.window.load(rows)
        return self.window.difference(seq, reducer)

    def _read_aside(self, missed: Missed) -> None:
        self._missed = missed
        self._threads.loader.do(self._load)

    def _load(self, reading: Reading) -> None:
        try:
            answer = reading.whole(self.window.sql, seconds=LOAD_S, most=MAX_WINDOW * 2)
        except TooLongError as error:
            said = RefusedError(f"the window could not be read: {error}; an index or a WHERE would help")
            self._threads.between(lambda: self._give_up(said))
            return
        self._threads.between(lambda: self._take(answer))

    def _take(self, answer: Answer) -> None:
        assert self._missed is not None
        self.window.load(answer.rows)
        seq = answer.seq
        try:
            for seq_missed, _, changes in self._missed:
                if seq_missed > answer.seq:
                    self.window.apply(changes)
                    seq = seq_missed
        except Spent:
            self._read_aside([one for one in self._missed if one[0] > answer.seq])
            return
        self._missed, self._loaded = None, True
        diff = self.window.difference(seq, None)
        if diff is not None:
            self.deliver(diff)
        self.welcome(self.rows(seq, self.window.rows()))

    def _give_up(self, error: RefusedError) -> None:
        self._missed, self._loaded = None, False
        self.end(error)


def _drop(missed: Missed, seq: int) -> None:
    """The transactions from `seq` on came to nothing."""
    missed[:] = [one for one in missed if one[0] < seq]
