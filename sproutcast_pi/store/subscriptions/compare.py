"""Compare values as SQLite does: storage classes, affinity, collations (sqlite.org/datatype3.html)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

COLLATIONS = ("BINARY", "NOCASE", "RTRIM")

_CLASS = {int: 1, float: 1, str: 2, bytes: 3}
_NUMBER = re.compile(r"[\t\n\v\f\r ]*([+-]?(?:\d+(\.\d*)?|(\.\d+))([eE][+-]?\d+)?)[\t\n\v\f\r ]*\Z", re.ASCII)
_NUMBER_PREFIX = re.compile(r"[\t\n\v\f\r ]*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
_UPPER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
"""NOCASE and LIKE fold the 26 letters of ASCII and nothing else."""


def affinity(declared: str) -> str:
    """Return INTEGER, TEXT, BLOB, REAL or NUMERIC for a column's declared type (section 3.1)."""
    kind = declared.upper()
    for words, found in (
        (("INT",), "INTEGER"),
        (("CHAR", "CLOB", "TEXT"), "TEXT"),
        (("BLOB",), "BLOB"),
        (("REAL", "FLOA", "DOUB"), "REAL"),
    ):
        if any(word in kind for word in words):
            return found
    return "NUMERIC" if kind and kind != "ANY" else "BLOB"


def comparison_affinity(left: str | None, right: str | None) -> str:
    """Return what both operands are brought to before they are compared; None is a value written in the query."""
    if left is not None and right is not None:
        return "NUMERIC" if {left, right} & {"INTEGER", "REAL", "NUMERIC"} else "BLOB"
    return left or right or "BLOB"


def apply_affinity(value: Any, to: str) -> Any:
    """Apply an affinity to a value that is about to be compared."""
    if to in ("INTEGER", "REAL", "NUMERIC"):
        return to_number(value) if isinstance(value, str) else value
    if to == "TEXT" and isinstance(value, int):
        return str(value)
    return value


def to_number(text: str) -> int | float | str:
    """Return the number when the whole text is one, else the text."""
    found = _NUMBER.match(text)
    if found is None:
        return text
    digits, fraction, bare_fraction, exponent = found.groups()
    if fraction is None and bare_fraction is None and exponent is None and -(2**63) <= int(digits) < 2**63:
        return int(digits)
    return float(digits)


def is_true(value: Any) -> bool | None:
    """Return whether SQLite takes a value for true; text counts by the number it begins with."""
    if value is None:
        return None
    if isinstance(value, str):
        found = _NUMBER_PREFIX.match(value)
        return found is not None and float(found.group(1)) != 0
    return bool(value) if not isinstance(value, bytes) else False


def folding(collation: str) -> Callable[[Any], Any] | None:
    """Return what makes texts that are equal under a collation equal, None for BINARY."""
    if collation == "NOCASE":
        return lambda value: value.translate(_UPPER) if isinstance(value, str) else value
    if collation == "RTRIM":
        return lambda value: value.rstrip(" ") if isinstance(value, str) else value
    return None


def compare(left: Any, right: Any) -> int:
    """Return -1, 0 or 1 for two values that are not NULL, brought to one affinity and folded."""
    left_class, right_class = _CLASS[type(left)], _CLASS[type(right)]
    if left_class != right_class:
        return -1 if left_class < right_class else 1
    return -1 if left < right else int(left > right)


class Descending:
    """A sort key turned round."""

    __slots__ = ("key",)

    def __init__(self, key: tuple[Any, ...]) -> None:
        self.key = key

    def __lt__(self, other: Descending) -> bool:
        return other.key < self.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Descending) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def sort_key(value: Any, fold: Callable[[Any], Any] | None) -> tuple[Any, ...]:
    """Return a key that sorts as ORDER BY does: NULL, numbers, text, bytes."""
    if value is None:
        return (0,)
    return (_CLASS[type(value)], fold(value) if fold is not None else value)
