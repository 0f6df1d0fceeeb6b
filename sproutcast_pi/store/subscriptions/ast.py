"""What a query that is evaluated incrementally is made of; every part is a value, so equal queries are equal."""

from __future__ import annotations

from typing import Literal

import msgspec

Value = int | float | str | None
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "IS", "IS NOT"]


class ColumnRef(msgspec.Struct, frozen=True, tag=True):
    """A column of the table, by place; `collation` only when the query says COLLATE."""

    place: int
    collation: str | None = None


class Constant(msgspec.Struct, frozen=True, tag=True):
    """A value written in the query; `collation` only when the query says COLLATE."""

    value: Value
    kind: str
    """Distinguishes 1 from 1.0, which are equal."""
    collation: str | None = None


Operand = ColumnRef | Constant


class Compare(msgspec.Struct, frozen=True, tag=True):
    """left operator right."""

    operator: Operator
    left: Operand
    right: Operand


class In(msgspec.Struct, frozen=True, tag=True):
    """column IN (values)."""

    column: ColumnRef
    values: tuple[Constant, ...]


class Like(msgspec.Struct, frozen=True, tag=True):
    """column LIKE pattern [ESCAPE sign]."""

    column: ColumnRef
    pattern: str
    escape: str | None = None


class IsTrue(msgspec.Struct, frozen=True, tag=True):
    """An operand alone: true when it is a number other than 0."""

    operand: Operand


class Not(msgspec.Struct, frozen=True, tag=True):
    """NOT part."""

    part: Condition


class And(msgspec.Struct, frozen=True, tag=True):
    """part AND part ..."""

    parts: tuple[Condition, ...]


class Or(msgspec.Struct, frozen=True, tag=True):
    """part OR part ..."""

    parts: tuple[Condition, ...]


Condition = Compare | In | Like | IsTrue | Not | And | Or


class Order(msgspec.Struct, frozen=True, tag=True):
    """One term of ORDER BY."""

    place: int
    descending: bool = False
    collation: str | None = None


class Select(msgspec.Struct, frozen=True, tag=True):
    """SELECT * FROM table [WHERE where] [ORDER BY order] [LIMIT limit [OFFSET offset]]."""

    table: str
    where: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0


def has_like(condition: Condition | None) -> bool:
    """Whether a condition matches patterns, the one comparison whose cost the row's size does not bound."""
    match condition:
        case Like():
            return True
        case And(parts) | Or(parts):
            return any(map(has_like, parts))
        case Not(part):
            return has_like(part)
        case _:
            return False
