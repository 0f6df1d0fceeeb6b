"""Read a query that can be evaluated incrementally: whole rows of one table, chosen, ordered, limited."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

import msgspec

from sproutcast_pi.errors import RefusedError
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
    Operator,
    Or,
    Order,
    Select,
)
from sproutcast_pi.store.subscriptions.compare import COLLATIONS, affinity
from sproutcast_pi.store.subscriptions.tokens import Token
from sproutcast_pi.store.tables import HIDDEN

MAX_DEPTH = 40
MAX_IN_VALUES = 2000
MAX_DIGITS = 15
"""Decimal digits every double keeps; with more, SQLite's rounding and Python's may differ."""
MAX_WINDOW = 5000
"""Rows of a live window, OFFSET included: they are kept in memory."""
MAX_INTEGER = 2**63 - 1
MAX_INTEGER_DIGITS = 19
MAX_PATTERN = 200
"""Bytes of all LIKE patterns of a query: each is tried on every row that changes, on the writer's thread."""

_COMPARISONS: dict[str, Operator] = {
    "=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
_NULL = Constant(None, "NoneType")
_KEYWORDS = frozenset(
    """SELECT FROM WHERE ORDER BY LIMIT OFFSET AND OR NOT IN LIKE BETWEEN IS NULL ISNULL NOTNULL COLLATE ASC DESC NULLS
    AS JOIN LEFT RIGHT FULL INNER OUTER CROSS NATURAL ON USING GROUP HAVING UNION EXCEPT INTERSECT DISTINCT ALL CASE
    WHEN THEN ELSE END CAST EXISTS GLOB MATCH REGEXP WINDOW INDEXED ESCAPE WITH VALUES TRUE FALSE RETURNING
    CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME""".split()  # noqa: SIM905 - a list of words, read as one
)


class NotIncrementalError(Exception):
    """The query may be good SQL, but is not one that can be evaluated incrementally; the text says why."""


def parse(tokens: list[Token], tables: dict[str, Table]) -> Select:
    """Return the query; raises NotIncrementalError when it needs SQLite, RefusedError when nothing can answer it."""
    return _Parser(tokens, tables).select()


class _Parser:
    def __init__(self, tokens: list[Token], tables: dict[str, Table]) -> None:
        self._tokens = tokens
        self._tables = tables
        self._place = 0
        self._depth = 0
        self._pattern_bytes = 0
        self._table: Table
        self._names: tuple[str, ...] = ()

    def select(self) -> Select:
        self._expect("SELECT")
        qualifier = None
        if self._kind() in ("word", "name") and self._value(1) == ".":
            qualifier = self._name()
            self._expect(".")
        self._expect("*")
        self._expect("FROM")
        self._from(qualifier)
        where = self._or() if self._take("WHERE") else None
        order = self._order() if self._take("ORDER") else ()
        limit, offset = self._limit() if self._take("LIMIT") else (None, 0)
        self._take(";")
        if self._kind() != "end":
            raise NotIncrementalError(f"{self._here().raw} is more than WHERE, ORDER BY and LIMIT")
        return Select(self._table.name, where, order, limit, offset)

    def _from(self, qualifier: str | None) -> None:
        token = self._here()
        name = self._name()
        known = {table.lower(): table for table in self._tables}.get(name.lower())
        if known is None:
            close = get_close_matches(name, [table for table in self._tables if table[0] != "_"], n=1)
            hint = f'; did you mean "{close[0]}"?' if close else ""
            raise RefusedError(f'there is no table "{name}" (character {token.place}){hint}', field="sql")
        self._table = self._tables[known]
        alias = None
        if self._take("AS") or (self._kind() in ("word", "name") and self._value() not in _KEYWORDS):
            alias = self._name()
        # With an alias the table's own name no longer names it.
        self._names = (alias.lower(),) if alias else (known.lower(),)
        if qualifier is not None and qualifier.lower() not in self._names:
            raise RefusedError(f'"{qualifier}.*" names another table than {known}', field="sql")

    def _or(self) -> Condition:
        return self._chain("OR", self._and, Or)

    def _and(self) -> Condition:
        return self._chain("AND", self._not, And)

    def _chain(self, word: str, part: Callable[[], Condition], whole: type[And | Or]) -> Condition:
        parts = [part()]
        while self._take(word):
            parts.append(part())
        flat: list[Condition] = []
        for one in parts:
            flat += one.parts if type(one) is whole else [one]
        return flat[0] if len(flat) == 1 else whole(tuple(flat))

    def _not(self) -> Condition:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RefusedError(f"the condition is nested deeper than {MAX_DEPTH} levels", field="sql")
        negated = bool(self._take("NOT"))
        condition: Condition = Not(self._not()) if negated else self._condition()
        self._depth -= 1
        return condition

    def _condition(self) -> Condition:
        if self._value() == "(" and self._kind() == "sign":
            self._place += 1
            inner = self._or()
            self._expect(")")
            if self._value() in _COMPARISONS or self._value() in ("IS", "IN", "BETWEEN", "LIKE", "COLLATE", "ISNULL"):
                raise NotIncrementalError("a condition in parentheses is compared")
            return inner
        left = self._operand()
        condition = self._after(left)
        if self._value() in _COMPARISONS or self._value() in ("IS", "IN", "BETWEEN", "LIKE"):
            raise NotIncrementalError(f"a comparison is compared with {self._here().raw}")
        return condition

    def _after(self, left: Operand) -> Condition:
        if self._kind() == "sign" and self._value() in _COMPARISONS:
            return self._compare(_COMPARISONS[self._next().value], left, self._operand())
        if self._take("IS"):
            return self._is(left)
        if self._take("ISNULL"):
            return Compare("IS", left, _NULL)
        negated = bool(self._take("NOT"))
        if self._take("NOTNULL") or (negated and self._take("NULL")):
            return Compare("IS NOT", left, _NULL)
        condition = self._negatable(left)
        if condition is None and negated:
            raise NotIncrementalError(f"NOT stands before {self._here().raw}")
        if condition is None:
            return IsTrue(left)
        return Not(condition) if negated else condition

    def _negatable(self, left: Operand) -> Condition | None:
        if self._take("BETWEEN"):
            low = self._operand()
            self._expect("AND")
            high = self._operand()
            return And((self._compare(">=", left, low), self._compare("<=", left, high)))
        if self._take("IN"):
            return self._in(left)
        if self._take("LIKE"):
            return self._like(left)
        return None

    def _is(self, left: Operand) -> Condition:
        operator: Operator = "IS NOT" if self._take("NOT") else "IS"
        if self._value() in ("TRUE", "FALSE", "DISTINCT"):
            raise NotIncrementalError(f"IS {self._value()}")
        return self._compare(operator, left, self._operand())

    def _compare(self, operator: Operator, left: Operand, right: Operand) -> Compare:
        for column, constant in ((left, right), (right, left)):
            if (
                isinstance(column, ColumnRef)
                and isinstance(constant, Constant)
                and isinstance(constant.value, float)
                and affinity(self._table.types[column.place]) == "TEXT"
            ):
                raise NotIncrementalError("a text column is compared with a decimal number")
        return Compare(operator, left, right)

    def _in(self, left: Operand) -> Condition:
        if not isinstance(left, ColumnRef):
            raise NotIncrementalError("IN has no column before it")
        self._expect("(")
        values: list[Constant] = []
        while not self._take(")"):
            if values:
                self._expect(",")
            value = self._operand()
            if not isinstance(value, Constant) or value.collation:
                raise NotIncrementalError("IN lists more than values")
            self._compare("=", left, value)
            values.append(value)
            if len(values) > MAX_IN_VALUES:
                raise RefusedError(f"IN lists more than {MAX_IN_VALUES} values", field="sql")
        return In(left, tuple(values))

    def _like(self, left: Operand) -> Condition:
        if not isinstance(left, ColumnRef) or affinity(self._table.types[left.place]) != "TEXT":
            raise NotIncrementalError("LIKE has no text column before it")
        if self._kind() != "text":
            raise NotIncrementalError("LIKE has no text after it")
        pattern, escape = self._next().value, None
        self._pattern_bytes += len(pattern.encode())
        if self._pattern_bytes > MAX_PATTERN:
            raise RefusedError(f"the patterns of LIKE are longer than {MAX_PATTERN} bytes together", field="sql")
        if self._take("ESCAPE"):
            token = self._next()
            if token.kind != "text" or len(token.value) != 1:
                raise RefusedError("ESCAPE wants one character in quotes", field="sql")
            escape = token.value
            if len(pattern.replace(escape * 2, "")) and pattern.replace(escape * 2, "").endswith(escape):
                raise NotIncrementalError("LIKE's pattern ends with its ESCAPE")
        return Like(left, pattern, escape)

    def _operand(self) -> Operand:
        token = self._here()
        operand: Operand
        if token.kind in ("integer", "real") or (token.value in ("-", "+") and token.kind == "sign"):
            operand = self._number()
        elif token.kind == "text":
            operand = Constant(self._next().value, "str")
        elif token.kind == "word" and token.value in ("NULL", "TRUE", "FALSE"):
            self._place += 1
            operand = Constant(
                *{"NULL": (_NULL.value, _NULL.kind), "TRUE": (1, "int"), "FALSE": (0, "int")}[token.value]
            )
        elif token.kind in ("word", "name"):
            operand = self._column()
        else:
            raise NotIncrementalError(f'"{token.raw}" stands where a column or value is wanted')
        if self._kind() == "sign" and self._value() in (
            "+",
            "-",
            "*",
            "/",
            "%",
            "||",
            "&",
            "|",
            "<<",
            ">>",
            "->",
            "->>",
        ):
            raise NotIncrementalError(f"{self._value()} computes")
        if self._take("COLLATE"):
            name = self._name().upper()
            if name not in COLLATIONS:
                raise RefusedError(f"there is no collation {name}; there are {', '.join(COLLATIONS)}", field="sql")
            operand = msgspec.structs.replace(operand, collation=name)
        return operand

    def _number(self) -> Constant:
        sign = 1
        while self._kind() == "sign" and self._value() in ("-", "+"):
            sign = -sign if self._next().value == "-" else sign
        token = self._next()
        if token.kind == "integer" and (number := _integer(token)) is not None:
            return Constant(sign * number, "int")
        if token.kind != "real" or sum(sign.isdigit() for sign in token.value.lower().split("e")[0]) > MAX_DIGITS:
            raise NotIncrementalError(f"{token.raw} is no number both SQLite and we read alike")
        return Constant(sign * float(token.value), "float")

    def _column(self) -> ColumnRef:
        token = self._here()
        name = self._name()
        if self._value() == "(" and self._kind() == "sign":
            raise NotIncrementalError(f"{token.raw}() is a function")
        if self._kind() == "sign" and self._take("."):
            if name.lower() not in self._names:
                raise RefusedError(f'"{token.raw}" names no table of this query (character {token.place})', field="sql")
            name = self._name()
        hidden = HIDDEN.get(self._table.name, frozenset())
        known = {column.lower(): place for place, column in enumerate(self._table.columns) if column not in hidden}
        if name.lower() in known:
            return ColumnRef(known[name.lower()])
        if token.kind == "name" or name.upper() in _KEYWORDS or name.lower() in ("rowid", "oid", "_rowid_"):
            raise NotIncrementalError(f"{token.raw} is no column")
        close = get_close_matches(name.lower(), known, n=1)
        hint = f'; did you mean "{close[0]}"?' if close else f"; it has {', '.join(known)}"
        raise RefusedError(f'{self._table.name} has no column "{name}" (character {token.place}){hint}', field="sql")

    def _order(self) -> tuple[Order, ...]:
        self._expect("BY")
        terms = [self._term()]
        while self._take(","):
            terms.append(self._term())
        return tuple(terms)

    def _term(self) -> Order:
        column = self._operand()
        if not isinstance(column, ColumnRef):
            raise NotIncrementalError("ORDER BY names no column")
        descending = bool(self._take("DESC"))
        if not descending:
            self._take("ASC")
        if self._value() == "NULLS":
            raise NotIncrementalError("NULLS FIRST or LAST")
        return Order(column.place, descending, column.collation)

    def _limit(self) -> tuple[int, int]:
        limit, offset = self._count("LIMIT"), 0
        if self._take("OFFSET"):
            offset = self._count("OFFSET")
        elif self._value() == ",":
            raise RefusedError("LIMIT a, b: write LIMIT b OFFSET a", field="sql")
        if limit + offset > MAX_WINDOW:
            raise RefusedError(
                f"LIMIT and OFFSET are {limit + offset} rows together; a live window holds at most {MAX_WINDOW}",
                field="sql",
            )
        return limit, offset

    def _count(self, word: str) -> int:
        token = self._next()
        if token.kind != "integer":
            raise RefusedError(f"{word} wants a number of rows, not {token.raw[:40] or 'nothing'}", field="sql")
        number = _integer(token)
        if number is None:
            raise RefusedError(f"{word} {token.raw[:20]}... is no number of rows", field="sql")
        return number

    def _here(self) -> Token:
        return self._tokens[self._place]

    def _kind(self) -> str:
        return self._here().kind

    def _value(self, ahead: int = 0) -> str:
        place = min(self._place + ahead, len(self._tokens) - 1)
        token = self._tokens[place]
        return token.value if token.kind in ("word", "sign") else ""

    def _next(self) -> Token:
        token = self._here()
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _take(self, value: str) -> bool:
        if self._value() != value:
            return False
        self._place += 1
        return True

    def _expect(self, value: str) -> None:
        if not self._take(value):
            raise NotIncrementalError(f"{self._here().raw or 'the end'} stands where {value} is wanted")

    def _name(self) -> str:
        token = self._next()
        if token.kind == "word" and token.value not in _KEYWORDS:
            return token.raw
        if token.kind == "name":
            return token.value
        raise NotIncrementalError(f"{token.raw or 'the end'} stands where a name is wanted")


def _integer(token: Token) -> int | None:
    """The number, None when it is none that SQLite holds as an integer."""
    digits = token.value.lstrip("0") or "0"
    if len(digits) > MAX_INTEGER_DIGITS or int(digits) > MAX_INTEGER:
        return None
    return int(digits)
