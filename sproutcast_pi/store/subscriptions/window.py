"""A query with LIMIT: the first rows are kept in order, with a few beyond, so that SQLite is seldom asked again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from sproutcast_pi.store.changes import NetChange, Values
from sproutcast_pi.store.messages import QueryDiff, Row
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.ast import Select
from sproutcast_pi.store.subscriptions.compare import Descending, folding, sort_key
from sproutcast_pi.store.subscriptions.predicate import compile_condition
from sproutcast_pi.store.subscriptions.row_query import RowView
from sproutcast_pi.store.subscriptions.sql import complete_order, select_sql

BEYOND = 16
"""Rows kept past the end: as many may leave before SQLite is asked again."""

Key = tuple[Any, ...]


class WindowExhausted(Exception):  # noqa: N818 - it is no error: the rows kept are used up
    """Rows beyond the kept ones have come into the window; it must be read again."""


class RowWindow:
    """The rows of `ORDER BY ... LIMIT n OFFSET m` and how changes move them."""

    def __init__(self, select: Select, table: Table, *, beyond: int = BEYOND) -> None:
        assert select.limit is not None
        self.select = select
        self.table = table
        self.view = RowView(table)
        self._end = select.offset + select.limit
        self._room = self._end + beyond
        self.sql = select_sql(select, table, limit=self._room + 1)
        self._matches = compile_condition(select.where, table)
        self._key = _row_key(select, table)
        self._keys: list[Key] = []
        self._kept: list[Values] = []
        self._complete = True
        """Whether every row that matches is kept."""
        self._identity: Callable[[Values], Any] = itemgetter(*table.key)
        self._visible: dict[Any, Values] = {}
        self._touched: set[Any] | None = None
        """Rows that may differ from what was visible; None: any may."""

    def load(self, rows: list[Values]) -> None:
        """Take the answer of `sql` as the whole truth; `difference` still compares with what was visible before."""
        self._complete = len(rows) <= self._room
        self._kept = rows[: self._room]
        self._keys = [self._key(row) for row in self._kept]
        self._touched = None

    def rows(self) -> list[Row]:
        """Return what is visible, in order."""
        return [self.view.row(values) for values in self._kept[self.select.offset : self._end]]

    def checkpoint(self) -> Callable[[], None]:
        """Return what brings back the state of now."""
        keys, kept, complete, visible = list(self._keys), list(self._kept), self._complete, self._visible

        def restore() -> None:
            self._keys, self._kept, self._complete, self._visible = keys, kept, complete, visible
            self._touched = None

        return restore

    def apply(self, changes: list[NetChange]) -> bool:
        """Move the kept rows; False when nothing moved. Raises WindowExhausted when they are used up."""
        moved = False
        # All rows up to the last one kept are known, and none beyond it unless every row is kept.
        boundary = None if self._complete else self._keys[-1] if self._keys else ()
        for change in changes:
            if change.old is not None and self._remove(change.old):
                moved = True
                self._touch(change.old)
        for change in changes:
            if change.new is not None and self._matches(change.new) is True:
                key = self._key(change.new)
                if boundary is None or not boundary < key:
                    place = bisect_left(self._keys, key)
                    self._keys.insert(place, key)
                    self._kept.insert(place, change.new)
                    moved = True
                    self._touch(change.new)
        if len(self._kept) > self._room:
            del self._kept[self._room :], self._keys[self._room :]
            self._complete = False
        if not self._complete and len(self._kept) < self._end:
            raise WindowExhausted
        return moved

    def difference(self, seq: int, reducer: str | None) -> QueryDiff | None:
        """Return how what is visible differs from what it was when last asked, None when it does not."""
        shown = self._kept[self.select.offset : self._end]
        before, after = self._visible, dict(zip(map(self._identity, shown), shown, strict=True))
        touched = after.keys() if self._touched is None else self._touched
        self._visible, self._touched = after, set()
        new, gone = after.keys() - before.keys(), before.keys() - after.keys()
        row = self.view.row
        insert = [row(values) for key, values in after.items() if key in new] if new else []
        delete = [row(values) for key, values in before.items() if key in gone] if gone else []
        kept = [key for key in touched if key in before and key in after]
        update = [row(after[key]) for key in kept if _differs(before[key], after[key])]
        if not (insert or update or delete):
            return None
        return QueryDiff(seq=seq, reducer=reducer, insert=insert, update=update, delete=delete)

    def _touch(self, values: Values) -> None:
        if self._touched is not None:
            self._touched.add(self._identity(values))

    def _remove(self, values: Values) -> bool:
        if self._matches(values) is not True:
            return False
        key = self._key(values)
        place = bisect_left(self._keys, key)
        if place == len(self._keys) or self._keys[place] != key:
            return False
        del self._keys[place], self._kept[place]
        return True


def _differs(before: Values, after: Values) -> bool:
    if before is after:
        return False
    return before != after or any(type(a) is not type(b) for a, b in zip(before, after, strict=True))


def _row_key(select: Select, table: Table) -> Callable[[Values], Key]:
    parts: list[tuple[int, Callable[[Any], Any] | None, bool]] = [
        (term.place, folding(term.collation or table.collations[term.place]), term.descending)
        for term in complete_order(select, table)
    ]

    def key(row: Values) -> Key:
        return tuple(
            Descending(sort_key(row[place], fold)) if descending else sort_key(row[place], fold)
            for place, fold, descending in parts
        )

    return key
