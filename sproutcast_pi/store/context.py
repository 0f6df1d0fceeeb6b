"""What a reducer is given: the moment, chance, who calls, nested calls, and effects for after the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.store.callers import Caller
from sproutcast_pi.store.reducer import Reducer, find_reducer
from sproutcast_pi.store.transaction import Transaction

if TYPE_CHECKING:
    from apsw import Cursor


class Context:
    """One call's surroundings. `now` is the same for the whole transaction, `at` the same as text."""

    def __init__(
        self,
        *,
        transaction: Transaction,
        reducers: Mapping[str, Reducer],
        caller: Caller,
        now: datetime,
        time_trusted: bool,
        random: Random,
    ) -> None:
        self.caller = caller
        self.now = now
        self.at = to_text(now)
        self.time_trusted = time_trusted
        self.random = random
        self._transaction = transaction
        self._reducers = reducers

    def call(self, name: str, /, **args: Any) -> Any:
        """Call another reducer within this transaction; when it is refused, what it did is undone and it raises."""
        reducer = find_reducer(self._reducers, name)
        bound = reducer.bind(args)
        with self.savepoint():
            return reducer.function(self, **bound)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens within, effects too, when it raises."""
        with self._transaction.savepoint():
            yield

    def after_commit(self, effect: Callable[[], object]) -> None:
        """Have `effect` run on the writer's thread once this call is on disk; it must not block."""
        self._transaction.effects.append(effect)

    def value(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        """Return the first column of the first row of one SQL statement of ours, None when there is no row."""
        row = self._transaction.connection.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def execute(self, sql: str, parameters: tuple[Any, ...] = ()) -> Cursor:
        """Run one SQL statement of ours, with its values bound."""
        return self._transaction.connection.execute(sql, parameters)
