"""Make a WHERE condition a function of a row, with SQL's three truth values."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sproutcast_pi.store.changes import Values
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.ast import (
    And,
    ColumnRef,
    Compare,
    Condition,
    In,
    IsTrue,
    Like,
    Not,
    Operand,
    Or,
)
from sproutcast_pi.store.subscriptions.compare import (
    affinity,
    apply_affinity,
    compare,
    comparison_affinity,
    folding,
    is_true,
)

Predicate = Callable[[Values], bool | None]
"""True, False, or None for unknown: a row is in the answer only when it is True."""

_HOLDS: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def compile_condition(condition: Condition | None, table: Table) -> Predicate:
    """Return the condition as a function; none is always true."""
    return (lambda _row: True) if condition is None else _compiled(condition, table)


def _compiled(condition: Condition, table: Table) -> Predicate:  # noqa: PLR0911 - one for each kind of condition
    match condition:
        case And(parts):
            return _and([_compiled(part, table) for part in parts])
        case Or(parts):
            return _or([_compiled(part, table) for part in parts])
        case Not(part):
            return _not(_compiled(part, table))
        case Compare():
            return _compare(condition, table)
        case In():
            return _in(condition, table)
        case Like():
            return _like(condition)
        case IsTrue(operand):
            read = _reader(operand)
            return lambda row: is_true(read(row))


def collation_of(table: Table, *operands: Operand) -> str:
    """Return the collation of a comparison: the first COLLATE, else the first column's own."""
    for operand in operands:
        if operand.collation:
            return operand.collation
    return next((table.collations[one.place] for one in operands if isinstance(one, ColumnRef)), "BINARY")


def _and(parts: list[Predicate]) -> Predicate:
    def holds(row: Values) -> bool | None:
        answer: bool | None = True
        for part in parts:
            truth = part(row)
            if truth is False:
                return False
            if truth is None:
                answer = None
        return answer

    return holds


def _or(parts: list[Predicate]) -> Predicate:
    def holds(row: Values) -> bool | None:
        answer: bool | None = False
        for part in parts:
            truth = part(row)
            if truth is True:
                return True
            if truth is None:
                answer = None
        return answer

    return holds


def _not(part: Predicate) -> Predicate:
    def holds(row: Values) -> bool | None:
        truth = part(row)
        return None if truth is None else not truth

    return holds


def _reader(operand: Operand) -> Callable[[Values], Any]:
    if isinstance(operand, ColumnRef):
        place = operand.place
        return lambda row: row[place]
    value = operand.value
    return lambda _row: value


def _prepared(operand: Operand, to: str, fold: Callable[[Any], Any] | None) -> Callable[[Values], Any]:
    """Read an operand, bring it to the affinity and fold it; what is written in the query is prepared once."""
    read = _reader(operand)

    def prepare(row: Values) -> Any:
        value = apply_affinity(read(row), to)
        return fold(value) if fold is not None else value

    if isinstance(operand, ColumnRef):
        return prepare
    ready = prepare(())
    return lambda _row: ready


def _compare(condition: Compare, table: Table) -> Predicate:
    left_affinity, right_affinity = (
        affinity(table.types[one.place]) if isinstance(one, ColumnRef) else None
        for one in (condition.left, condition.right)
    )
    to = comparison_affinity(left_affinity, right_affinity)
    fold = folding(collation_of(table, condition.left, condition.right))
    left, right = _prepared(condition.left, to, fold), _prepared(condition.right, to, fold)
    if condition.operator in ("IS", "IS NOT"):
        wanted = condition.operator == "IS"

        def same(row: Values) -> bool:
            a, b = left(row), right(row)
            equal = a is b if a is None or b is None else compare(a, b) == 0
            return equal is wanted

        return same
    holds = _HOLDS[condition.operator]

    def ordered(row: Values) -> bool | None:
        a, b = left(row), right(row)
        return None if a is None or b is None else holds(compare(a, b))

    return ordered


def _in(condition: In, table: Table) -> Predicate:
    to = affinity(table.types[condition.column.place])
    fold = folding(collation_of(table, condition.column))
    read = _prepared(condition.column, to, fold)
    listed = {_prepared(value, to, fold)(()) for value in condition.values}
    unknown = None in listed
    empty = not listed

    def holds(row: Values) -> bool | None:
        value = read(row)
        if empty:
            return False
        if value is None:
            return None
        return True if value in listed else None if unknown else False

    return holds


def _like(condition: Like) -> Predicate:
    matches = like_matcher(condition.pattern, condition.escape)
    place = condition.column.place

    def holds(row: Values) -> bool | None:
        value = row[place]
        return None if value is None else matches(value if isinstance(value, str) else str(value))

    return holds


def like_matcher(pattern: str, escape: str | None) -> Callable[[str], bool]:
    """Return LIKE as a function. Cut at each %, then piece after piece: no pattern makes it slow."""
    pieces = _pieces(pattern, escape)
    compiled = [re.compile(piece, re.IGNORECASE | re.ASCII | re.DOTALL) for piece in pieces]
    first, *rest = compiled
    if not rest:
        return lambda text: first.fullmatch(text) is not None
    *middle, last = rest
    tail = re.compile(f"(?:{last.pattern})\\Z", last.flags)
    width = _width(pieces[-1])

    def matches(text: str) -> bool:
        found = first.match(text)
        for piece in middle:
            if found is None:
                return False
            found = piece.search(text, found.end())
        return (
            found is not None and len(text) - width >= found.end() and tail.match(text, len(text) - width) is not None
        )

    return matches


def _pieces(pattern: str, escape: str | None) -> list[str]:
    pieces = [""]
    signs = iter(pattern)
    for sign in signs:
        if sign == escape:
            pieces[-1] += re.escape(next(signs, ""))
        elif sign == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if sign == "_" else re.escape(sign)
    return pieces


def _width(piece: str) -> int:
    """How many characters a piece matches: each is one character, perhaps with a backslash before it."""
    return len(re.sub(r"\\(.)", r"\1", piece, flags=re.DOTALL))
