"""The hub's tables: those of a device with `device` and `epoch` before each key, and a few of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from peewee import Field, FloatField, IntegerField, Model

from sproutcast_pi.store.tables import PRIVATE, TABLES

LOCAL_TABLES = PRIVATE | {"setting"}
"""What devices never send; a row of these that comes all the same is refused."""

OWN_TABLES = """
CREATE TABLE device (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, epoch TEXT,
    first_seen_at TEXT NOT NULL, seen_at TEXT NOT NULL);
CREATE TABLE dead_letter (device TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL,
    at TEXT NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (device, epoch, seq, place));
CREATE TABLE photo (device TEXT NOT NULL, epoch TEXT NOT NULL, capture_id INTEGER NOT NULL, kind TEXT NOT NULL,
    sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, file TEXT NOT NULL, received_at TEXT NOT NULL,
    PRIMARY KEY (device, epoch, capture_id, kind));
CREATE TABLE _position (device TEXT NOT NULL, epoch TEXT NOT NULL, upto INTEGER NOT NULL, snapshot TEXT,
    PRIMARY KEY (device, epoch));
CREATE TABLE _copy_part (device TEXT NOT NULL, snapshot TEXT NOT NULL, part INTEGER NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (device, snapshot, part));
CREATE TABLE _credential (device TEXT NOT NULL PRIMARY KEY, mosquitto TEXT NOT NULL, nats TEXT NOT NULL,
    rabbitmq TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE _invitation (code_hash TEXT NOT NULL PRIMARY KEY, expires_at TEXT NOT NULL, device TEXT)
"""

BATCH_LOG_TABLE = """
CREATE TABLE _batch (id BIGSERIAL PRIMARY KEY, device TEXT NOT NULL, epoch TEXT NOT NULL, upto BIGINT NOT NULL,
    at TEXT NOT NULL, kind TEXT NOT NULL, content BYTEA NOT NULL);
CREATE INDEX _batch_place ON _batch (device, epoch, upto);
CREATE INDEX _batch_at ON _batch (at)
"""
"""PostgreSQL's own: the messages that were applied, for live copies to follow."""


class HubColumn(msgspec.Struct, frozen=True):
    """A column as both SQLite and PostgreSQL know it."""

    name: str
    type: str
    """INTEGER, REAL or TEXT."""
    null: bool
    default: Any


class HubTable(msgspec.Struct, frozen=True, kw_only=True):
    """A device's table at the hub."""

    name: str
    key: str
    columns: tuple[HubColumn, ...]
    """The device's own; `device` and `epoch` stand before them."""
    upsert: str
    """SQL that makes a row be as given, with ? for device, epoch and each column."""
    delete: str
    """SQL that removes the row of a device, epoch and key."""
    clear: str
    """SQL that removes all rows of a device and epoch."""


def _column(field: Field) -> HubColumn:
    kind = "INTEGER" if isinstance(field, IntegerField) else "REAL" if isinstance(field, FloatField) else "TEXT"
    return HubColumn(field.column_name, kind, bool(field.null), field.default)


def _table(model: type[Model]) -> HubTable:
    facts: Any = model._meta  # noqa: SLF001 - peewee's public way to a model's facts
    name, key = facts.table_name, facts.primary_key.column_name
    columns = tuple(_column(field) for field in facts.sorted_fields)
    quoted = ["device", "epoch", *(f'"{column.name}"' for column in columns)]
    changed = ", ".join(f"{column} = excluded.{column}" for column in quoted[2:] if column != f'"{key}"')
    return HubTable(
        name=name,
        key=key,
        columns=columns,
        # Names of ours throughout.
        upsert=f'INSERT INTO "{name}" ({", ".join(quoted)}) VALUES ({", ".join("?" * len(quoted))}) '  # noqa: S608 - names of ours
        f'ON CONFLICT (device, epoch, "{key}") DO UPDATE SET {changed}',
        delete=f'DELETE FROM "{name}" WHERE device = ? AND epoch = ? AND "{key}" = ?',  # noqa: S608 - names of ours
        clear=f'DELETE FROM "{name}" WHERE device = ? AND epoch = ?',  # noqa: S608 - names of ours
    )


HUB_TABLES: dict[str, HubTable] = {table.name: table for table in map(_table, TABLES) if table.name not in LOCAL_TABLES}


def sqlite_statements() -> Iterator[str]:
    """Yield what makes the tables in a fresh SQLite database."""
    for table in HUB_TABLES.values():
        yield _create(table, {}) + " STRICT, WITHOUT ROWID"
        yield from _indexes(table)
    for statement in OWN_TABLES.split(";"):
        yield statement + " STRICT, WITHOUT ROWID"


POSTGRES_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION", "BLOB": "BYTEA"}


def postgres_statements() -> Iterator[str]:
    """Yield what makes the tables in a fresh PostgreSQL database."""
    for table in HUB_TABLES.values():
        yield _create(table, POSTGRES_TYPES)
        yield from _indexes(table)
    for statement in OWN_TABLES.split(";"):
        yield statement.replace("BLOB", "BYTEA").replace("INTEGER", "BIGINT")
    yield from BATCH_LOG_TABLE.split(";")


def _indexes(table: HubTable) -> Iterator[str]:
    if any(column.name == "at" for column in table.columns):
        yield f'CREATE INDEX "{table.name}_at" ON "{table.name}" (device, at)'


def _create(table: HubTable, types: dict[str, str]) -> str:
    columns = "".join(
        f', "{column.name}" {types.get(column.type, column.type)}{"" if column.null else " NOT NULL"}'
        for column in table.columns
    )
    return (
        f'CREATE TABLE "{table.name}" (device TEXT NOT NULL, epoch TEXT NOT NULL{columns}, '
        f'PRIMARY KEY (device, epoch, "{table.key}"))'
    )
