"""No query from outside holds the writer, whatever it calls; each is answered and leaves nothing behind.

Every function and operator a query may use is given the worst arguments known for it, and random ones. `SEED=` tries
others.
"""

from __future__ import annotations

import os
import random
import time

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.engine import Caller, Store
from sproutcast_pi.store.messages import QueryRows, SubscriptionEnded
from sproutcast_pi.store.subscriptions.read_connection import FUNCTIONS
from sproutcast_pi.store.table_schemas import public_tables
from tests.clocks import AutoAdvancingClock
from tests.store.helpers import OWNER, VIEWER
from tests.store.subscriptions.query_grammar import random_query
from tests.store.subscriptions.test_subscriptions import RecordingListener

SEED = int(os.environ.get("SEED", "7"))
RANDOM_QUERIES = 150 * int(os.environ.get("ROUNDS", "2"))
MAX_CALL_S = 1.0
"""What the owner waits at most while a stranger's query runs."""
NOTE = "a" * 3999
LONG = "(SELECT group_concat(p.note, '') FROM plant p)"
"""The longest text a query can make of what is kept."""
OPERATORS = (
    "LIKE",
    "GLOB",
    "||",
    "=",
    "<",
    "IN (SELECT note FROM plant UNION ALL SELECT",
    "->",
    "->>",
    "%",
    "BETWEEN 1 AND",
)
ARGUMENTS = (
    LONG,
    "note",
    f"substr({LONG}, 1, 16000)",
    f"substr({LONG}, 1, 190) || 'b'",
    "'" + "%_" * 95 + "'",
    "'" + "*?" * 95 + "'",
    "'" + "[a-a]" * 38 + "b'",
    "-9223372036854775808",
    "9e999",
    "NULL",
    "'{'",
    "'[[[[[['",
    "x.id",
    "''",
    "char(55296)",
    "char(0)",
    "1.5",
)
KNOWN = (
    "SELECT abs(-9223372036854775808) AS n FROM plant",
    "SELECT json_extract('{', '$') AS n FROM plant",
    "SELECT * FROM plant LIMIT " + "9" * 5000,
    "SELECT * FROM plant WHERE id = " + "9" * 5000,
    "SELECT name\0 FROM plant",
    "SELECT '\0' AS n FROM plant",
    "SELECT '\ud800' AS n FROM plant",
    "SELECT * FROM plant WHERE name = '\ud800'",
    "SELECT group_concat(a.note) AS n FROM plant a, plant b, plant c, plant d, plant e, plant f, plant g",
    "SELECT a.note || b.note AS n FROM plant a, plant b, plant c, plant d, plant e, plant f, plant g ORDER BY 1",
    f"SELECT count(*) AS n FROM plant a, plant b, plant c, plant d WHERE a.note LIKE '%{'a_' * 90}b%'",
    f"SELECT count(*) AS n FROM plant a, plant b, plant c, plant d WHERE a.note GLOB '*{'a?' * 90}b*'",
    f"SELECT * FROM plant WHERE note LIKE '%{'a_' * 90}b%'",
    f"SELECT * FROM plant WHERE {' OR '.join(['note LIKE ' + repr('%' + 'a_' * 90 + 'b%')] * 30)}",
    f"SELECT instr({LONG}, substr({LONG}, 1, 16000) || 'b') AS n FROM plant a, plant b, plant c, plant d, plant e",
    f"SELECT length(trim({LONG}, {LONG})) AS n FROM plant a, plant b, plant c, plant d, plant e",
    "SELECT " + "(" * 900 + "1" + ")" * 900 + " AS n FROM plant",
    "SELECT 1 AS n FROM " + ", ".join(f"plant p{n}" for n in range(60)),
    "SELECT 1 AS n FROM plant WHERE 1 IN (" + ",".join(["1"] * 3000) + ")",
    "SELECT " + " UNION ALL SELECT ".join(["id FROM plant"] * 200),
)


@pytest.fixture
def filled(tmp_path):
    store = Store(tmp_path / "store.db", clock=AutoAdvancingClock(), device="spr-0000000001a7")
    for number in range(8):
        store.call("create_plant", {"name": f"plant {number}", "note": NOTE}, caller=OWNER)
    yield store
    store.close()


def answered_rows(store: Store, sql: str) -> bool:
    """Whether the query is one that is answered at all, and not refused when it is read."""
    try:
        store.subscribe(sql, RecordingListener(), caller=VIEWER).close()
    except RefusedError:
        return False
    return True


def ask(store: Store, sql: str, caller: Caller = VIEWER) -> float:
    """Have a query answered, with a call of the owner every so often; the longest such call in seconds."""
    listener = RecordingListener()
    slowest = 0.0
    try:
        subscription = store.subscribe(sql, listener, caller=caller)
    except RefusedError as refused:
        if refused.code == "internal":
            raise
        return slowest
    until = time.monotonic() + 60
    while not any(isinstance(one, QueryRows | SubscriptionEnded) for one in list(listener.messages)):
        assert time.monotonic() < until, f"never answered: {sql[:300]}"
        began = time.perf_counter()
        store.call("set_setting", {"name": "ui.tick", "value": 1}, caller=OWNER)
        slowest = max(slowest, time.perf_counter() - began)
    ended = [one for one in listener.messages if isinstance(one, SubscriptionEnded)]
    assert all(one.error.code != "internal" for one in ended), (sql[:300], ended)
    subscription.close()
    return slowest


@pytest.mark.parametrize("sql", KNOWN, ids=[sql[:40].encode(errors="replace").decode() for sql in KNOWN])
def test_a_known_hostile_query_is_answered_and_nobody_waits(filled, sql):
    assert ask(filled, sql) < MAX_CALL_S
    filled.run_on_writer(lambda: None)
    assert filled.stats().live_queries == 0


def test_every_function_and_operator_with_random_arguments_is_answered_and_nobody_waits(filled):
    draw = random.Random(SEED)
    names = sorted(name for name in FUNCTIONS if name.isidentifier())
    for round_number in range(int(os.environ.get("ROUNDS", "2"))):
        for name in [*names, *OPERATORS]:
            first, second, third = draw.choices(ARGUMENTS, k=3)
            if name in OPERATORS:
                tail = " FROM plant)" if "(" in name else " AND 2" if "BETWEEN" in name else ""
                term = f"{first} {name} {second}{tail}"
            else:
                term = f"{name}({', '.join((first, second, third)[: draw.choice((1, 1, 2, 2, 3))])})"
                term += (
                    " OVER ()"
                    if name in {"row_number", "rank", "dense_rank", "lag", "lead", "first_value", "last_value"}
                    else ""
                )
            rows = ", ".join(f"plant p{n}" for n in range(draw.choice((0, 2, 5))))
            sql = f"SELECT {term} AS n FROM plant x{', ' + rows if rows else ''}"
            slowest = ask(filled, sql)
            assert slowest < MAX_CALL_S, (round_number, slowest, sql)
    filled.run_on_writer(lambda: None)
    assert filled.stats().live_queries == 0


def test_random_queries_of_the_whole_grammar_are_answered_and_nobody_waits(filled):
    draw = random.Random(SEED)
    slowest, taken = (0.0, ""), 0
    for _ in range(RANDOM_QUERIES):
        sql = random_query(draw)
        taken += answered_rows(filled, sql)
        slowest = max(slowest, (ask(filled, sql), sql))
        assert slowest[0] < MAX_CALL_S, slowest
    filled.run_on_writer(lambda: None)
    assert filled.stats().live_queries == 0
    print(
        f"\nqueries: seed {SEED}, {RANDOM_QUERIES} of the whole grammar, {taken} taken, the rest refused when read; "
        f"slowest call of the owner {slowest[0]:.2f} s"
    )
    assert taken > RANDOM_QUERIES / 20


def test_one_callers_long_queries_do_not_keep_another_waiting(filled):
    tables = ", ".join(f"plant {name}" for name in "abcdefgh")
    long = f"SELECT count(*) AS n FROM {tables} WHERE a.id + {{}} > b.id"
    strangers = [RecordingListener() for _ in range(12)]
    for number, listener in enumerate(strangers):
        filled.subscribe(long.format(number), listener, caller=VIEWER)
    answered = RecordingListener()
    filled.subscribe("SELECT count(*) AS n FROM plant", answered, caller=OWNER)
    answered.wait(bool)
    assert sum(bool(listener.messages) for listener in strangers) <= 3


def test_the_number_of_joins_and_aggregates_of_one_caller_is_bounded(filled):
    kept = [
        filled.subscribe(f"SELECT count(*) AS n FROM plant WHERE id > {number}", RecordingListener(), caller=VIEWER)
        for number in range(50)
    ]
    with pytest.raises(RefusedError, match="has 50 queries"):
        filled.subscribe("SELECT count(*) AS n FROM plant WHERE id > 99", RecordingListener(), caller=VIEWER)
    kept[0].close()
    filled.subscribe("SELECT count(*) AS n FROM plant WHERE id > 99", RecordingListener(), caller=VIEWER)


@pytest.mark.parametrize("as_json", [False, True])
def test_every_table_is_read_aside_whole_however_wide_it_is(filled, as_json):
    """A query with LIKE is never read on the writer's thread, so this is the way a long answer takes, too."""
    for table in public_tables().values():
        column = next(column.name for column in table.columns if column.kind == "text")
        listener = RecordingListener()
        sql = f"SELECT * FROM {table.name} WHERE {column} LIKE '%' OR {column} IS NULL"  # our own names
        filled.subscribe(sql, listener, caller=OWNER, as_json=as_json)
        messages = listener.wait(lambda received: received and getattr(received[-1], "done", True))
        assert all(isinstance(one, QueryRows) for one in messages), (table.name, messages)


def test_a_condition_of_many_parts_is_still_a_condition(filled):
    listener = RecordingListener()
    many = " OR ".join(f"id = {number}" for number in range(400))
    filled.subscribe(f"SELECT * FROM plant WHERE {many}", listener, caller=VIEWER)
    listener.wait(bool)
    assert len(listener.rows) == 8
