"""Long first answers as JSON that SQLite writes itself: no row becomes a Python object, and the interpreter is free."""

from __future__ import annotations

import msgspec

from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.ast import Select
from sproutcast_pi.store.subscriptions.sql import condition_sql, quoted
from sproutcast_pi.store.tables import HIDDEN

PLAIN_TYPES = frozenset({"INTEGER", "REAL", "TEXT"})
"""What JSON can hold; SQLite refuses to write a BLOB."""
LEAST_ID = -(2**63)


class JsonChunks(msgspec.Struct, frozen=True):
    """The two statements by which a table is gone through in the order of its ids, some rows at a time."""

    bound: str
    """Given an id and a number, the id that many rows later; no row when there are fewer."""
    rows: str
    """Given the first and last id of a piece, its rows as a JSON list of objects in UTF-8."""


def json_chunks(select: Select, table: Table) -> JsonChunks | None:
    """Return the statements for a query, None where only rows read one by one will do."""
    if select.order or select.limit is not None or not set(table.types) <= PLAIN_TYPES:
        return None
    if len(table.key) != 1 or table.types[table.key[0]] != "INTEGER":
        return None
    key, name = quoted(table.columns[table.key[0]]), quoted(table.name)
    hidden = HIDDEN.get(table.name, frozenset())
    shown = ", ".join(f"{_text(column)}, {quoted(column)}" for column in table.columns if column not in hidden)
    condition = "" if select.where is None else f"{condition_sql(select.where, table)} AND "
    return JsonChunks(
        bound=f"SELECT {key} FROM {name} WHERE {key} >= ? ORDER BY {key} LIMIT 1 OFFSET ?",  # noqa: S608 - every name is the schema's and quoted
        rows=f"SELECT CAST(json_group_array(json_object({shown})) AS BLOB) FROM {name} "  # noqa: S608 - as above
        f"WHERE {condition}{key} BETWEEN ? AND ?",
    )


def _text(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
