"""What the parts of one transaction share: the connection, what has changed, and effects for after the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import apsw

from sproutcast_pi.store.changes import ChangeRecorder


class Transaction:
    """What nested work within one commit shares."""

    def __init__(self, connection: apsw.Connection, capture: ChangeRecorder) -> None:
        self.connection = connection
        self.recorder = capture
        self.effects: list[Callable[[], object]] = []

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo rows, diffs and effects of what happens within when it raises."""
        mark, effects = self.recorder.mark(), len(self.effects)
        self.connection.execute("SAVEPOINT nested")
        try:
            yield
        except BaseException:
            del self.effects[effects:]
            self.recorder.rollback(mark)
            # A full disk may have undone the whole transaction already, savepoints with it.
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK TO nested")
                self.connection.execute("RELEASE nested")
            raise
        self.connection.execute("RELEASE nested")
