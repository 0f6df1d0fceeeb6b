"""Write a parsed query as SQL again, its order made complete by the primary key."""

from __future__ import annotations

from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.ast import (
    And,
    ColumnRef,
    Compare,
    Condition,
    Constant,
    In,
    IsTrue,
    Like,
    Not,
    Operand,
    Or,
    Order,
    Select,
)


def select_sql(select: Select, table: Table, *, limit: int | None = None) -> str:
    """Return the query for SQLite; `limit` rows from the start, whatever the query's own LIMIT and OFFSET."""
    parts = [f"SELECT {', '.join(quoted(column) for column in table.columns)} FROM {quoted(table.name)}"]  # noqa: S608 - every name is the schema's and quoted
    if select.where is not None:
        parts.append(f"WHERE {condition_sql(select.where, table)}")
    if select.order or select.limit is not None:
        terms = [_term(term, table) for term in complete_order(select, table)]
        parts.append(f"ORDER BY {', '.join(terms)}")
    if limit is not None:
        parts.append(f"LIMIT {limit}")
    return " ".join(parts)


def complete_order(select: Select, table: Table) -> tuple[Order, ...]:
    """Return the query's order, made total by the primary key."""
    named = {term.place for term in select.order if term.collation in (None, "BINARY")}
    return select.order + tuple(Order(place, collation="BINARY") for place in table.key if place not in named)


def condition_sql(condition: Condition, table: Table) -> str:  # noqa: PLR0911 - one for each kind of condition
    """Return a condition, every part of it in parentheses."""
    match condition:
        case And(parts):
            return "(" + " AND ".join(condition_sql(part, table) for part in parts) + ")"
        case Or(parts):
            return "(" + " OR ".join(condition_sql(part, table) for part in parts) + ")"
        case Not(part):
            return f"(NOT {condition_sql(part, table)})"
        case Compare(operator, left, right):
            return f"({_operand(left, table)} {operator} {_operand(right, table)})"
        case In(column, values):
            listed = ", ".join(_operand(value, table) for value in values)
            return f"({_operand(column, table)} IN ({listed}))"
        case Like(column, pattern, escape):
            tail = f" ESCAPE {_text(escape)}" if escape else ""
            return f"({_operand(column, table)} LIKE {_text(pattern)}{tail})"
        case IsTrue(operand):
            return f"({_operand(operand, table)})"


def quoted(name: str) -> str:
    """Return a name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def _term(term: Order, table: Table) -> str:
    collation = f" COLLATE {term.collation}" if term.collation else ""
    return f"{quoted(table.columns[term.place])}{collation}{' DESC' if term.descending else ''}"


def _operand(operand: Operand, table: Table) -> str:
    operand_sql = quoted(table.columns[operand.place]) if isinstance(operand, ColumnRef) else _constant(operand)
    return f"{operand_sql} COLLATE {operand.collation}" if operand.collation else operand_sql


def _constant(constant: Constant) -> str:
    if constant.value is None:
        return "NULL"
    return _text(constant.value) if isinstance(constant.value, str) else repr(constant.value)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
