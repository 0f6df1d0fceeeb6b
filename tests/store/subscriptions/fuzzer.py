"""Random transactions against random queries: what listeners hold must be what SQLite answers."""

from __future__ import annotations

import random
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import apsw

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.messages import QueryDiff, QueryRows, SubscriptionEnded
from sproutcast_pi.store.reducer import Reducer, reducer
from tests.clocks import AutoAdvancingClock
from tests.store.helpers import OWNER

TABLES = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, n INTEGER, r REAL, t TEXT, c TEXT COLLATE NOCASE, s TEXT COLLATE RTRIM,
    x, d NUMERIC, u TEXT UNIQUE);
CREATE TABLE child (id INTEGER PRIMARY KEY, thing_id INTEGER REFERENCES thing(id) ON DELETE CASCADE, v);
CREATE TABLE pair (a TEXT, b INTEGER, v, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE INDEX thing_n ON thing(n);
"""

FIXED = (
    "SELECT * FROM thing",
    "SELECT * FROM thing WHERE n = 3",
    "SELECT * FROM thing WHERE n IN (1, 2, '3', NULL)",
    "SELECT * FROM thing WHERE NOT (n = 1)",
    "SELECT * FROM thing WHERE NOT (n IN (1, NULL))",
    "SELECT * FROM thing WHERE n IS NULL OR t IS NOT NULL AND r >= 2",
    "SELECT * FROM thing WHERE t LIKE 'A%b_' OR c LIKE '%b%'",
    "SELECT * FROM thing WHERE c = 'ab' AND s = 'ab'",
    "SELECT * FROM thing WHERE x BETWEEN 1 AND 'b'",
    "SELECT * FROM thing WHERE d = '2.0' OR x = '2'",
    "SELECT * FROM thing WHERE n != r",
    "SELECT * FROM thing WHERE t < 5 OR x < 5",
    "SELECT * FROM child WHERE thing_id = 2",
    "SELECT * FROM pair WHERE a = 'a' OR b > 3",
    "SELECT thing.n, count(*) AS m, min(child.v) AS low FROM thing JOIN child ON child.thing_id = thing.id GROUP BY 1",
    "SELECT avg(r) AS mean, max(t) AS top, count(*) AS m FROM thing",
    "SELECT b.id, b.v FROM thing a JOIN child b ON b.thing_id = a.id WHERE a.n > 2",
)
WINDOWS = (
    ("SELECT * FROM thing ORDER BY n LIMIT 5", "n, id LIMIT 5"),
    ("SELECT * FROM thing ORDER BY x DESC, t LIMIT 7", "x DESC, t, id LIMIT 7"),
    ("SELECT * FROM thing WHERE n > 1 ORDER BY c DESC LIMIT 4 OFFSET 2", "c DESC, id LIMIT 4 OFFSET 2"),
    ("SELECT * FROM thing ORDER BY c COLLATE BINARY, s DESC LIMIT 30", "c COLLATE BINARY, s DESC, id LIMIT 30"),
    ("SELECT * FROM thing WHERE t IS NULL LIMIT 3", "id LIMIT 3"),
    ("SELECT * FROM pair ORDER BY v LIMIT 4", "v, a, b LIMIT 4"),
    ("SELECT * FROM thing ORDER BY r DESC LIMIT 1", "r DESC, id LIMIT 1"),
    ("SELECT * FROM thing WHERE n = 2 ORDER BY id DESC LIMIT 2", "id DESC LIMIT 2"),
)

_NUMBERS = ("0", "1", "2", "3", "4", "5", "-1", "1.0", "2.5", "3.0", "9007199254740993")
_TEXTS = ("'a'", "'A'", "'ab'", "'AB'", "'ab '", "'b'", "'2'", "'2.0'", "' 3 '", "'1e0'", "''", "'é'", "'É'", "'aXbc'")
_COLUMNS = ("id", "n", "r", "t", "c", "s", "x", "d", "u")


def random_condition(chance: random.Random, depth: int = 0) -> str:  # noqa: PLR0911 - one for each kind
    """Return a WHERE condition on `thing`."""
    kind = chance.random()
    if depth < 3 and kind < 0.35:
        word = chance.choice((" AND ", " OR "))
        return "(" + word.join(random_condition(chance, depth + 1) for _ in range(chance.randint(2, 3))) + ")"
    if depth < 3 and kind < 0.45:
        return f"NOT {random_condition(chance, depth + 1)}"
    column = chance.choice(_COLUMNS)
    no = chance.choice(("", "NOT "))
    if kind < 0.55:
        return f"{column} {no}IN ({', '.join(_value(chance) for _ in range(chance.randint(0, 4)))})"
    if kind < 0.62:
        return f"{column} {no}BETWEEN {_value(chance)} AND {_value(chance)}"
    if kind < 0.70:
        pattern = "".join(chance.choice("aAbB2%%_é") for _ in range(chance.randint(0, 4)))
        return f"{chance.choice(('t', 'c', 's', 'u'))} {no}LIKE '{pattern}'"
    if kind < 0.78:
        return f"{column} {chance.choice(('IS NULL', 'IS NOT NULL', 'ISNULL', 'NOTNULL', 'NOT NULL'))}"
    if kind < 0.82:
        return column
    operator = chance.choice(("=", "==", "!=", "<>", "<", "<=", ">", ">=", "IS", "IS NOT"))
    left, right = column, chance.choice((_value(chance), chance.choice(_COLUMNS)))
    if chance.random() < 0.3:
        left, right = right, left
    collate = chance.choice(("", "", "", " COLLATE NOCASE", " COLLATE BINARY"))
    return f"{left} {operator} {right}{collate}"


def _value(chance: random.Random) -> str:
    return chance.choice(chance.choice((_NUMBERS, _TEXTS, ("NULL",))))


def _unique(chance: random.Random) -> str:
    """Mostly new, sometimes taken, so that REPLACE has victims."""
    return chance.choice(("NULL", f"'u{chance.randint(0, 400)}'", _value(chance)))


def random_operations(chance: random.Random, depth: int = 0) -> list[Any]:
    """Return statements, and nested lists that are undone at their end when they begin with `undo`."""
    operations: list[Any] = []
    for _ in range(chance.randint(1, 4)):
        if depth < 2 and chance.random() < 0.2:
            operations.append([chance.choice(("undo", "keep")), *random_operations(chance, depth + 1)])
        else:
            operations.append(_statement(chance))
    return operations


def _statement(chance: random.Random) -> str:  # noqa: PLR0911 - one for each kind
    v = lambda: _value(chance)  # noqa: E731 - written eight times in the next lines
    key = chance.randint(1, 150)
    kind = chance.random()
    if kind < 0.34:
        verb = chance.choice(("INSERT OR IGNORE", "REPLACE"))
        return f"{verb} INTO thing VALUES ({key}, {v()}, {v()}, {v()}, {v()}, {v()}, {v()}, {v()}, {_unique(chance)})"
    if kind < 0.55:
        return f"UPDATE OR IGNORE thing SET {chance.choice(_COLUMNS[1:])} = {v()} WHERE id = {key}"
    if kind < 0.60:
        return (
            f"UPDATE OR REPLACE thing SET {chance.choice(_COLUMNS[1:])} = {v()}, u = {_unique(chance)} WHERE n = {v()}"
        )
    if kind < 0.64:
        return f"UPDATE OR IGNORE thing SET id = {chance.randint(1, 150)} WHERE id = {key}"
    if kind < 0.72:
        return f"DELETE FROM thing WHERE id = {key} OR n = {v()}"
    if kind < 0.722:
        return chance.choice(("DELETE FROM thing", "DELETE FROM pair", "DELETE FROM child"))
    if kind < 0.85:
        return f"INSERT OR IGNORE INTO child SELECT {key}, id, {v()} FROM thing WHERE id = {chance.randint(1, 150)}"
    if kind < 0.95:
        return f"REPLACE INTO pair VALUES ({chance.choice(_TEXTS)}, {chance.randint(0, 6)}, {v()})"
    return f"UPDATE OR REPLACE pair SET a = {chance.choice(_TEXTS)} WHERE b = {chance.randint(0, 6)}"


class UndoneError(Exception):
    """Undoes what is nested."""


@reducer(role="owner")
def operate(ctx: Context, *, operations: list[Any], fail: bool = False) -> None:
    """Run random operations."""
    _operate(ctx, operations)
    if fail:
        raise RefusedError("as wished")


def _operate(ctx: Context, operations: list[Any]) -> None:
    for operation in operations:
        if isinstance(operation, str):
            ctx.execute(operation)
            continue
        try:
            with ctx.savepoint():
                _operate(ctx, operation[1:])
                if operation[0] == "undo":
                    raise UndoneError  # noqa: TRY301 - this is what undoes a savepoint
        except UndoneError:
            pass


REDUCERS: dict[str, Reducer] = {"operate": operate.__reducer__}


class ListenerView:
    """What one listener holds."""

    def __init__(self, sql: str, check: str) -> None:
        self.sql = sql
        self.check = check
        self.held: Counter[str] = Counter()
        self.keyed: dict[Any, str] = {}
        self.key: tuple[str, ...] = ()
        self.faults: list[str] = []
        self.changed = threading.Event()
        self.seq = -1

    def apply(self, message: Any) -> None:
        if isinstance(message, QueryRows):
            if message.reset:
                self.held.clear()
            self.held.update(map(exact, message.rows))
        elif isinstance(message, QueryDiff):
            for row in message.delete:
                self._remove(row)
            for row in message.update:
                old = [one for one in self.held if self._same(one, row)]
                self.held -= Counter(old)
                self.held[exact(row)] += 1
            for row in message.insert:
                self.held[exact(row)] += 1
        elif isinstance(message, SubscriptionEnded):
            self.faults.append(str(message.error))
        self.changed.set()

    def _remove(self, row: dict[str, Any]) -> None:
        text = exact(row)
        if not self.held[text]:
            self.faults.append(f"{self.sql}: deletes {text}, which is not held")
        self.held[text] -= 1
        self.held += Counter()

    def _same(self, held: str, row: dict[str, Any]) -> bool:
        old = dict(eval(held))
        return all(old[name] == row[name] for name in self.key)


def exact(row: dict[str, Any]) -> str:
    """A row as text in which 1 differs from 1.0."""
    return repr(list(row.items()))


class StoreFuzzer:
    """A store with the fuzzed tables and listeners on many queries."""

    def __init__(self, folder: Path, seed: int, random_queries: int) -> None:
        self.chance = random.Random(seed)
        path = folder / "fuzz.db"
        clock = AutoAdvancingClock()
        Store(path, clock=clock, device="fuzz").close()
        made = apsw.Connection(str(path))
        made.execute(TABLES)
        made.close()
        self.store = Store(path, clock=clock, device="fuzz", reducers=REDUCERS, cross_check=True)
        queries = [(sql, sql) for sql in FIXED]
        queries += [(sql, f"{sql.split(' ORDER')[0].split(' LIMIT')[0]} ORDER BY {order}") for sql, order in WINDOWS]
        queries += [
            (text, text)
            for text in (f"SELECT * FROM thing WHERE {random_condition(self.chance)}" for _ in range(random_queries))
        ]
        self.views = [self._listen(sql, check) for sql, check in queries]

    def _listen(self, sql: str, check: str) -> ListenerView:
        view = ListenerView(sql, check)
        subscription = self.store.subscribe(sql, view.apply, caller=OWNER)
        view.key = subscription.key
        view.incremental = subscription.incremental
        return view

    def run(self, transactions: int, check_every: int) -> int:
        """Run random transactions, in groups; returns how many views were compared."""
        compared, pending = 0, []
        for number in range(1, transactions + 1):
            args = {"operations": random_operations(self.chance), "fail": self.chance.random() < 0.1}
            pending.append(self.store.submit("operate", args, caller=OWNER))
            if self.chance.random() < 0.3 or number == transactions:
                for future in pending:
                    error = future.exception()
                    assert error is None or str(error) == "as wished" or error.code == "conflict", error
                pending.clear()
                if self.chance.random() < 1 / check_every or number == transactions:
                    compared += self.compare(incremental_only=number != transactions)
        return compared

    def compare(self, *, incremental_only: bool) -> int:
        views = [view for view in self.views if view.incremental or not incremental_only]
        for view in views:
            wanted = Counter(map(exact, self.store.query(view.check)))
            while view.held != wanted and not view.incremental and view.changed.wait(60):
                view.changed.clear()
            assert not view.faults, view.faults
            assert view.held == wanted, (view.sql, view.held - wanted, wanted - view.held)
        return len(views)
