"""Which queries a change can concern: those that ask for one of its values, and those that ask for none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from sproutcast_pi.store.changes import NetChange
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.ast import And, ColumnRef, Compare, Condition, Constant, In
from sproutcast_pi.store.subscriptions.compare import affinity, apply_affinity, folding
from sproutcast_pi.store.subscriptions.predicate import collation_of

Query = TypeVar("Query")

MAX_VALUES = 64
"""An IN list longer than this is not indexed: it would cost more places than it saves."""


class Demand:
    """A column that must have one of these values, or the query does not want the row."""

    def __init__(self, place: int, collation: str, values: Iterable[Any]) -> None:
        self.place = place
        self.collation = collation
        self.values = frozenset(values)


class TableIndex(Generic[Query]):
    """The queries of one table."""

    def __init__(self) -> None:
        self._by_value: dict[tuple[int, str], dict[Any, list[Query]]] = {}
        self._folds: dict[tuple[int, str], Callable[[Any], Any] | None] = {}
        self._others: list[Query] = []

    def add(self, query: Query, demand: Demand | None) -> None:
        """Add a query under what it demands."""
        if demand is None:
            self._others.append(query)
            return
        slot = (demand.place, demand.collation)
        self._folds[slot] = folding(demand.collation)
        for value in demand.values:
            self._by_value.setdefault(slot, {}).setdefault(value, []).append(query)

    def remove(self, query: Query, demand: Demand | None) -> None:
        """Take out a query that was added under the same demand."""
        if demand is None:
            self._others.remove(query)
            return
        slot = (demand.place, demand.collation)
        for value in demand.values:
            queries = self._by_value[slot][value]
            queries.remove(query)
            if not queries:
                del self._by_value[slot][value]
        if not self._by_value.get(slot, True):
            del self._by_value[slot], self._folds[slot]

    def candidates(self, change: NetChange) -> Iterator[Query]:
        """Yield the queries that must look at a change, each once."""
        yield from self._others
        for (place, collation), queries in self._by_value.items():
            fold = self._folds[place, collation]
            old = None if change.old is None else change.old[place]
            new = None if change.new is None else change.new[place]
            if fold is not None:
                old, new = fold(old), fold(new)
            found = queries.get(new, ()) if new is not None else ()
            yield from found
            if old is not None and old != new:
                yield from (query for query in queries.get(old, ()) if query not in found)


def demand_of(condition: Condition | None, table: Table) -> Demand | None:
    """Return a column and values every row of the answer has there; None when the condition promises nothing such."""
    parts = condition.parts if isinstance(condition, And) else (condition,)
    found = [demand for part in parts if part is not None and (demand := _demand(part, table)) is not None]
    return min(found, key=lambda demand: (demand.place not in table.key, len(demand.values)), default=None)


def _demand(part: Condition, table: Table) -> Demand | None:
    if isinstance(part, Compare) and part.operator == "=":
        for column, constant in ((part.left, part.right), (part.right, part.left)):
            if isinstance(column, ColumnRef) and isinstance(constant, Constant):
                return _normal(column.place, collation_of(table, part.left, part.right), (constant,), table)
    if isinstance(part, In) and len(part.values) <= MAX_VALUES:
        return _normal(part.column.place, collation_of(table, part.column), part.values, table)
    return None


def _normal(place: int, collation: str, constants: Iterable[Constant], table: Table) -> Demand:
    to, fold = affinity(table.types[place]), folding(collation)
    values = [apply_affinity(constant.value, to) for constant in constants]
    return Demand(place, collation, (fold(value) if fold else value for value in values if value is not None))
