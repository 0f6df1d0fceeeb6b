"""Checks of a database that others may have changed: SQL of theirs in its schema, and a form no version of ours has."""

from __future__ import annotations

import re
from collections.abc import Iterator

import apsw

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import database
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message
from sproutcast_pi.store.migrations import MIGRATIONS
from sproutcast_pi.store.schema import VERSION, create_statements, read_tables
from sproutcast_pi.store.tables import TABLES

_EXPRESSION = re.compile(r"\b(CHECK|DEFAULT|AS)\s*\(", re.IGNORECASE)
"""Where a table's own SQL would be run: none of ours has any."""
_OF_AN_EXPRESSION = -2
"""What SQLite calls the column of an index on an expression."""


class ForeignDatabaseError(SproutcastError):
    """No version of the program leaves such a database."""


def remove_foreign_objects(connection: apsw.Connection) -> list[str]:
    """Remove triggers, views, tables and indexes that no version of the program makes; a sentence for each.

    Triggers, views and indexes on expressions run SQL of whoever made them. Evaluates nothing. Raises
    ForeignDatabaseError when one of our own tables holds such SQL, apsw.Error when the schema is damaged.
    """
    own = set(read_tables(_fresh()))
    removed = []
    with connection:
        objects = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
        for kind, name, table, sql in objects:
            if str(table).startswith("sqlite_") or sql is None:
                continue
            if kind == "table" and name in own:
                if _EXPRESSION.search(str(sql)):
                    raise ForeignDatabaseError(database.FOREIGN_SQL(table=str(name)))
            elif kind != "index" or (table in own and _is_foreign_index(connection, str(table), str(name))):
                quoted = str(name).replace('"', '""')
                connection.execute(f'DROP {kind} IF EXISTS "{quoted}"')
                removed.append(f"the {kind} {str(name)[:60]!r} was removed, since no version of the program makes one")
    return removed


def require_usable(connection: apsw.Connection, schema: int) -> None:
    """Raise ForeignDatabaseError unless a start can bring it forward and finds all it needs; changes nothing.

    `schema`: the version it is said to have.
    """
    found = int(connection.pragma("user_version"))
    if found != schema or not 1 <= found <= VERSION:
        raise ForeignDatabaseError(database.OTHER_VERSION(found=found, wanted=schema))
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(found, VERSION):
            MIGRATIONS[number](connection)
        for fault in _missing(connection):
            raise ForeignDatabaseError(fault)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ForeignDatabaseError(database.NOT_UPGRADED(version=VERSION, reason=cause(error))) from error
    finally:
        connection.execute("ROLLBACK")


def _missing(connection: apsw.Connection) -> Iterator[Message]:
    fresh, there = read_tables(_fresh()), read_tables(connection)
    strict = {str(row[1]) for row in connection.execute("PRAGMA table_list") if row[5]}
    for name, table in fresh.items():
        if name not in there or name not in strict:
            yield database.TABLE_MISSING(table=name)
        elif lacking := set(zip(table.columns, table.types, strict=True)) - set(
            zip(there[name].columns, there[name].types, strict=True)
        ):
            yield database.COLUMN_MISSING(table=name, column=min(lacking)[0])
    if not connection.execute("SELECT 1 FROM light WHERE id = 1").fetchone():
        yield database.LIGHT_MISSING()
    for fact in ("device", "epoch"):
        if not connection.execute("SELECT 1 FROM _meta WHERE name = ?", (fact,)).fetchone():
            yield database.FACT_MISSING(name=fact)


def _is_foreign_index(connection: apsw.Connection, table: str, name: str) -> bool:
    partial = {str(row[1]) for row in connection.execute("SELECT * FROM pragma_index_list(?)", (table,)) if row[4]}
    columns = connection.execute("SELECT cid FROM pragma_index_xinfo(?)", (name,)).fetchall()
    return name in partial or (_OF_AN_EXPRESSION,) in columns


def _fresh() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    for statement in create_statements(TABLES):
        connection.execute(statement)
    return connection
