"""The tables and their columns as plain values, for those who generate code or encode rows by type."""

from __future__ import annotations

from typing import Literal

import msgspec
from peewee import AutoField, FloatField, IntegerField

from sproutcast_pi.store.tables import HIDDEN, PRIVATE, TABLES

Kind = Literal["integer", "real", "text"]


class ColumnSchema(msgspec.Struct, frozen=True):
    """One column."""

    name: str
    kind: Kind
    nullable: bool
    primary: bool


class TableSchema(msgspec.Struct, frozen=True):
    """One table that everybody may read; `doc` is its one line."""

    name: str
    doc: str
    columns: tuple[ColumnSchema, ...]


def public_tables() -> dict[str, TableSchema]:
    """Every table viewers may read, by name, columns in order."""
    described = {}
    for model in TABLES:
        facts = model._meta  # noqa: SLF001 - peewee's public way to a model's facts
        if facts.table_name in PRIVATE:
            continue
        hidden = HIDDEN.get(facts.table_name, frozenset())
        columns = tuple(
            ColumnSchema(field.column_name, _kind(field), bool(field.null), bool(field.primary_key))
            for field in facts.sorted_fields
            if field.column_name not in hidden
        )
        doc = (model.__doc__ or "").strip().split("\n")[0]
        described[facts.table_name] = TableSchema(facts.table_name, doc, columns)
    return described


def _kind(field: object) -> Kind:
    if isinstance(field, AutoField | IntegerField):
        return "integer"
    return "real" if isinstance(field, FloatField) else "text"
