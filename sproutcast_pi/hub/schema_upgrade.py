"""Bring an older hub's database forward: newer devices send more tables and columns. Nothing is ever removed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

import apsw

from sproutcast_pi.hub.schema import sqlite_statements

_TABLE = re.compile(r'CREATE (?:TABLE|INDEX \S+ ON) "?(\w+)"?')
_DEFAULTS = {"TEXT": "''", "INTEGER": "0", "REAL": "0", "BLOB": "x''"}


def expected_tables() -> dict[str, dict[str, str]]:
    """Return the tables of a hub of this version with their columns."""
    connection = apsw.Connection(":memory:")
    for statement in sqlite_statements():
        connection.execute(statement)
    return columns_of(connection)


def columns_of(connection: apsw.Connection) -> dict[str, dict[str, str]]:
    """Return the tables of an SQLite database with their columns."""
    names = [str(name) for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {
        name: {
            str(column): f"{kind} NOT NULL DEFAULT {_DEFAULTS[kind]}" if strict else str(kind)
            for _, column, kind, strict, *_ in connection.execute(f'PRAGMA table_info("{name}")')
        }
        for name in names
    }


def upgrade_statements(
    present: Mapping[str, Collection[str]], statements: Iterable[str], types: Mapping[str, str]
) -> Iterator[str]:
    """Yield what makes the tables and columns that a database lacks.

    `present`: its tables, each a collection of column names. `statements` make a fresh database of its kind; `types`
    are its words for SQLite's.
    """
    for statement in statements:
        table = _TABLE.search(statement)
        if table and table[1] not in present:
            yield statement
    for name, columns in expected_tables().items():
        there = present.get(name)
        for column, declared in columns.items():
            if there is not None and column not in there:
                kind, _, rest = declared.partition(" ")
                yield f'ALTER TABLE "{name}" ADD COLUMN "{column}" {types.get(kind, kind)} {rest}'
