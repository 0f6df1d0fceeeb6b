"""Whether a row that came fits its table; what does not is refused with a sentence, and the rest goes on."""

from __future__ import annotations

import math
from typing import Any

from sproutcast_pi.hub.schema import HUB_TABLES, HubColumn, HubTable
from sproutcast_pi.protocol.sync import RowChange

MAX_INTEGER = 2**63 - 1
MAX_TEXT = 1_000_000


class InvalidRowError(ValueError):
    """The row is refused; the text says why."""


def table_of(change: RowChange) -> HubTable:
    """Return the table a change is for; raises UnfitError when devices may not write it."""
    table = HUB_TABLES.get(change.table)
    if table is None:
        raise InvalidRowError(f'there is no table "{change.table[:80]}" that a device may write')
    return table


def validate_row(table: HubTable, row: dict[str, Any]) -> tuple[Any, ...]:
    """Return the row's values in the order of the table's columns, defaults for what an older device lacks.

    Raises UnfitError for a column or value that does not belong.
    """
    values = []
    found = 0
    for column in table.columns:
        if column.name in row:
            found += 1
            value = row[column.name]
            values.append(None if value is None and column.null else validate_value(column, value))
        elif column.name != table.key and (column.null or column.default is not None):
            values.append(column.default)
        else:
            raise InvalidRowError(f'{table.name} lacks its column "{column.name}"')
    if found != len(row):
        unknown = sorted(set(row) - {column.name for column in table.columns})
        raise InvalidRowError(
            f'{table.name} has no column "{str(unknown[0])[:80]}"; this hub may be older than the device'
        )
    return tuple(values)


def validate_key(table: HubTable, row: dict[str, Any]) -> Any:
    """Return the key of a row that is gone; raises UnfitError when there is none."""
    column = next(column for column in table.columns if column.name == table.key)
    if table.key not in row:
        raise InvalidRowError(f'a deleted row of {table.name} lacks its key "{table.key}"')
    return validate_value(column, row[table.key])


def validate_value(column: HubColumn, value: Any) -> Any:
    """Return the value as the column holds it; raises UnfitError."""
    if value is None:
        if column.null:
            return None
        raise InvalidRowError(f"{column.name} may not be empty")
    kind = type(value)
    if kind is str and column.type == "TEXT":
        if len(value) > MAX_TEXT or "\x00" in value:
            raise InvalidRowError(f"{column.name} is longer than {MAX_TEXT} characters or holds a zero character")
        return value
    if kind is int and column.type == "INTEGER" and -MAX_INTEGER <= value <= MAX_INTEGER:
        return value
    if column.type == "REAL" and kind in (int, float) and math.isfinite(value):
        return float(value)
    raise InvalidRowError(f"{column.name} is {column.type}, so {str(value)[:40]!r} does not belong there")
