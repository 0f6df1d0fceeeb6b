"""A query without LIMIT: each changed row is judged by itself, as it was and as it is."""

from __future__ import annotations

from sproutcast_pi.store.changes import NetChange, Values
from sproutcast_pi.store.messages import QueryDiff, Row
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.ast import Select
from sproutcast_pi.store.subscriptions.json_rows import json_chunks
from sproutcast_pi.store.subscriptions.predicate import compile_condition
from sproutcast_pi.store.subscriptions.sql import select_sql
from sproutcast_pi.store.tables import HIDDEN


class RowView:
    """Rows as callers see them: hidden columns left out."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._hidden = HIDDEN.get(table.name, frozenset())

    def old(self, change: NetChange) -> Row:
        """The row as it was."""
        return self._without_hidden(change.old_row) if self._hidden else change.old_row

    def new(self, change: NetChange) -> Row:
        """The row as it is."""
        return self._without_hidden(change.new_row) if self._hidden else change.new_row

    def row(self, values: Values) -> Row:
        """The row of these values."""
        row = dict(zip(self._table.columns, values))  # noqa: B905 - lengths are SQLite's own, and this runs per row
        return self._without_hidden(row) if self._hidden else row

    def _without_hidden(self, row: Row) -> Row:
        return {name: value for name, value in row.items() if name not in self._hidden}


class RowQuery:
    """Holds nothing but its condition."""

    def __init__(self, select: Select, table: Table) -> None:
        self.select = select
        self.table = table
        self.view = RowView(table)
        self.sql = select_sql(select, table)
        self.json = json_chunks(select, table)
        self._matches = compile_condition(select.where, table)

    def apply(self, seq: int, reducer: str | None, changes: list[NetChange]) -> QueryDiff | None:
        """Return what the changes do to the answer, None when nothing."""
        insert: list[Row] = []
        update: list[Row] = []
        delete: list[Row] = []
        matches, shown = self._matches, self.view
        for change in changes:
            was = change.old is not None and matches(change.old) is True
            now = change.new is not None and matches(change.new) is True
            if now:
                (update if was else insert).append(shown.new(change))
            elif was:
                delete.append(shown.old(change))
        if not (insert or update or delete):
            return None
        return QueryDiff(seq=seq, reducer=reducer, insert=insert, update=update, delete=delete)
