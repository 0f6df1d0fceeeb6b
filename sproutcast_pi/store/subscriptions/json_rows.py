"""Long first answers as JSON that SQLite writes itself: no row becomes a Python object, and the interpreter is free."""

from __future__ import annotations

from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.sql import condition_sql, quoted
from sproutcast_pi.store.subscriptions.syntax import Select
from sproutcast_pi.store.tables import HIDDEN

PLAIN_TYPES = frozenset({"INTEGER", "REAL", "TEXT"})
"""What JSON can hold; SQLite refuses to write a BLOB."""
LEAST_ID = -(2**63)


def json_sql(select: Select, table: Table) -> str | None:
    """Return the statement for a piece of the answer, None where only rows read one by one will do.

    Its two values are the least id and the number of rows; it answers with a JSON list of objects as bytes, how many
    they are, and the last id. Asked again from the id after that one, within one snapshot, it goes on.
    """
    if select.order or select.limit is not None or not set(table.types) <= PLAIN_TYPES:
        return None
    if len(table.key) != 1 or table.types[table.key[0]] != "INTEGER":
        return None
    key = quoted(table.columns[table.key[0]])
    hidden = HIDDEN.get(table.name, frozenset())
    shown = ", ".join(f"{_text(name)}, {quoted(name)}" for name in table.columns if name not in hidden)
    condition = "" if select.where is None else f"{condition_sql(select.where, table)} AND "
    rows = f"SELECT * FROM {quoted(table.name)} WHERE {condition}{key} >= ? ORDER BY {key} LIMIT ?"  # noqa: S608  # every name is the schema's and quoted
    return f"SELECT CAST(json_group_array(json_object({shown})) AS BLOB), count(*), max({key}) FROM ({rows})"  # noqa: S608


def _text(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
