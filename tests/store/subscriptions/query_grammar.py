"""Random queries made of everything a query from outside may hold: each function, each operator, at each place."""

from __future__ import annotations

from random import Random

from sproutcast_pi.store.subscriptions.read_connection import FUNCTIONS

WINDOW_ONLY = frozenset({"row_number", "rank", "dense_rank", "first_value", "last_value", "lag", "lead"})
AGGREGATES = frozenset({"count", "sum", "total", "avg", "group_concat", "string_agg", "json_group_array"})
NAMES = tuple(sorted(name for name in FUNCTIONS if name.isidentifier()))
BINARY = (
    "||", "*", "/", "%", "+", "-", "&", "|", "<<", ">>", "<", "<=", ">", ">=", "=", "==", "<>", "!=", "IS", "IS NOT",
    "IS DISTINCT FROM", "LIKE", "NOT LIKE", "GLOB", "NOT GLOB", "AND", "OR", "->", "->>", "REGEXP",
)  # fmt: skip
"""SQLite's own list (lang_expr.html), in no order; those that need a function we do not have are refused."""
UNARY = ("-", "+", "~", "NOT ", "EXISTS ", "")
LEAVES = (
    "x.id", "x.name", "x.note", "p0.note", "note", "NULL", "0", "1", "-1", "9223372036854775807",
    "-9223372036854775808", "1e308", "9e999", "0.1", "''", "'a'", "'%_%_%a'", "'[a-a]*'", "x'00ff'", "'[1,[2]]'",
    "'{\"a\":1}'", "'$.a'", "'2026-02-30'", "'+99999 years'", "'%Y%f%J%s'", "char(0)", "TRUE", "CURRENT_TIMESTAMP",
    "(SELECT group_concat(g.note, '') FROM plant g)", "(SELECT max(q.at) FROM care_event q)", "?",
)  # fmt: skip
TABLES = ("plant", "care_event", "light", "notification", "(SELECT * FROM plant)", "plant NATURAL JOIN light")
COMPOUNDS = ("UNION", "UNION ALL", "INTERSECT", "EXCEPT")
FRAMES = ("", " ROWS UNBOUNDED PRECEDING", " RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING", " ROWS 9e9 PRECEDING")


def expression(draw: Random, depth: int = 3) -> str:
    """A term of functions and operators, at most `depth` deep."""
    kind = draw.randrange(9) if depth else 0
    inner = depth - 1
    if kind <= 1:
        return draw.choice(LEAVES)
    if kind <= 4:  # shares of a draw
        return _call(draw, inner)
    if kind == 5:  # as above
        return f"{draw.choice(UNARY)}({expression(draw, inner)})"
    if kind == 6:  # as above
        return _special(draw, inner)
    return f"({expression(draw, inner)} {draw.choice(BINARY)} {expression(draw, inner)})"


def random_query(draw: Random) -> str:
    """A query with expressions at random places of its grammar; most are short, for one fault refuses all of it."""
    deep = draw.choice((1, 1, 2, 3))
    tables = "".join(f", plant p{number}" for number in range(draw.choice((0, 0, 0, 1, 2, 4))))
    join = draw.choice(("", "", f" LEFT JOIN plant j ON {expression(draw, min(deep, 2))}", " CROSS JOIN care_event c"))
    head = draw.choice(("SELECT", "SELECT DISTINCT"))
    columns = draw.choice(
        (
            "*",
            "x.*",
            f"{expression(draw, deep)} AS n",
            f"{expression(draw, deep)} AS n, {expression(draw, min(deep, 2))} AS m",
        )
    )
    text = f"{head} {columns} FROM {draw.choice(TABLES) if draw.random() < 0.3 else 'plant'} x{tables}{join}"
    if draw.random() < 0.5:
        text += f" WHERE {expression(draw, deep)}"
    if draw.random() < 0.2:
        text += f" GROUP BY {expression(draw, 1)}" + (
            f" HAVING {expression(draw, min(deep, 2))}" if draw.random() < 0.5 else ""
        )
    if draw.random() < 0.1:
        text += f" {draw.choice(COMPOUNDS)} SELECT {expression(draw, min(deep, 2))} FROM plant x"
    if draw.random() < 0.3:
        text += f" ORDER BY {expression(draw, min(deep, 2))}" + draw.choice(
            ("", " DESC", " NULLS LAST", " COLLATE NOCASE")
        )
    if draw.random() < 0.2:
        text += (
            f" LIMIT {draw.choice(('1', '0', '-1', '5000', expression(draw, 1)))} OFFSET {draw.choice(('0', '9e9'))}"
        )
    return text if draw.random() < 0.9 else f"WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) {text}"


def _call(draw: Random, depth: int) -> str:
    name = draw.choice(NAMES)
    given = ", ".join(expression(draw, depth) for _ in range(draw.choice((0, 1, 1, 2, 2, 3))))
    given = "*" if name == "count" and draw.random() < 0.3 else given
    if name in AGGREGATES and draw.random() < 0.2:
        given = f"DISTINCT {given}"
    call = f"{name}({given})"
    if name in AGGREGATES and draw.random() < 0.2:
        call += f" FILTER (WHERE {expression(draw, depth)})"
    if name in WINDOW_ONLY or (name in AGGREGATES and draw.random() < 0.2):
        partition, order = expression(draw, depth), expression(draw, depth)
        call += f" OVER (PARTITION BY {partition} ORDER BY {order}{draw.choice(FRAMES)})"
    return call


def _special(draw: Random, depth: int) -> str:
    first, second, third = (expression(draw, depth) for _ in range(3))
    return draw.choice(
        (
            f"CASE {first} WHEN {second} THEN {third} ELSE {first} END",
            f"CAST({first} AS {draw.choice(('TEXT', 'INTEGER', 'REAL', 'BLOB', 'NUMERIC'))})",
            f"({first} IN ({second}, {third}))",
            f"({first} IN (SELECT {second} FROM plant s WHERE {third}))",
            f"({first} NOT IN (SELECT s.id FROM plant s))",
            f"({first} BETWEEN {second} AND {third})",
            f"({first} LIKE {second} ESCAPE 'a')",
            f"EXISTS (SELECT 1 FROM plant s, plant t WHERE {first})",
            f"(SELECT {first} FROM plant s, plant t, plant u ORDER BY {second} LIMIT 1)",
            f"(({first}, {second}) = ({second}, {third}))",
            f"({first} ISNULL)",
        )
    )
