"""From models to SQL: the tables of a fresh database, strict, with ids that are never given twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import apsw
import msgspec
from peewee import AutoField, Field, FloatField, IntegerField, Model

from sproutcast_pi.model.metrics.registry import METRICS

VERSION = max(8, *(metric.since for metric in METRICS.values()))
"""Raised with every change to the tables, by a new metric too; `migrations/` brings older databases forward."""

OWN_TABLES = """
CREATE TABLE _tx (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, reducer TEXT NOT NULL, caller TEXT NOT NULL,
    diff TEXT NOT NULL) STRICT;
CREATE TABLE _meta (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE _follower (name TEXT PRIMARY KEY NOT NULL, acknowledged_seq INTEGER NOT NULL, seen_at TEXT NOT NULL)
    STRICT, WITHOUT ROWID;
"""


class Table(msgspec.Struct, frozen=True):
    """A table as SQLite knows it."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    """Declared types, upper case, "" where none."""
    collations: tuple[str, ...]
    key: tuple[int, ...]
    """Places of the primary key's columns."""

    def row(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """Return the values under their columns' names."""
        return dict(zip(self.columns, values, strict=True))


def create_statements(models: Iterable[type[Model]]) -> Iterator[str]:
    """Yield the statements that create the models' tables and indexes, then our own."""
    models = list(models)
    for model in models:
        columns = ", ".join(_column(field) for field in model._meta.sorted_fields)  # noqa: SLF001 - peewee's public way to a model's facts
        yield f'CREATE TABLE "{model._meta.table_name}" ({columns}) STRICT'  # noqa: SLF001 - as above
    yield from index_statements(models).values()
    yield from (statement for statement in OWN_TABLES.split(";") if statement.strip())


def index_statements(models: Iterable[type[Model]]) -> dict[str, str]:
    """Return the statement that creates each index of the models, by its name."""
    statements = {}
    for model in models:
        meta = model._meta  # noqa: SLF001 - peewee's public way to a model's facts
        single = [(field.column_name,) for field in meta.sorted_fields if field.index and not field.unique]
        for columns in (*single, *(columns for columns, _ in meta.indexes)):
            name = "_".join((meta.table_name, *columns))
            listed = ", ".join(f'"{column}"' for column in columns)
            statements[name] = f'CREATE INDEX "{name}" ON "{meta.table_name}" ({listed})'
    return statements


def read_tables(connection: apsw.Connection) -> dict[str, Table]:
    """Return every table that has a primary key, by name; SQLite's own are left out."""
    names = [
        str(name)
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
    ]
    tables = {}
    for name in names:
        columns = connection.execute("SELECT name, upper(type), pk FROM pragma_table_info(?)", (name,)).fetchall()
        key = tuple(place for _, place in sorted((pk, place) for place, (_, _, pk) in enumerate(columns) if pk))
        if key:
            tables[name] = Table(
                name=name,
                columns=tuple(str(column) for column, _, _ in columns),
                types=tuple(str(kind) for _, kind, _ in columns),
                collations=tuple(
                    connection.column_metadata(None, name, str(column))[1].upper() for column, _, _ in columns
                ),
                key=key,
            )
    return tables


def _column(field: Field) -> str:
    parts = [f'"{field.column_name}"']
    if isinstance(field, AutoField):
        # AUTOINCREMENT: a deleted plant's id must never come to mean another plant.
        return f"{parts[0]} INTEGER PRIMARY KEY AUTOINCREMENT"
    parts.append("INTEGER" if isinstance(field, IntegerField) else "REAL" if isinstance(field, FloatField) else "TEXT")
    if not field.null:
        parts.append("NOT NULL")
    if field.primary_key:
        parts.append("PRIMARY KEY")
    elif field.unique:
        parts.append("UNIQUE")
    if field.default is not None:
        parts.append(f"DEFAULT {_literal(field.default)}")
    parts += [constraint.sql for constraint in field.constraints or ()]
    return " ".join(parts)


def _literal(value: object) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)
