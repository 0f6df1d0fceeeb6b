"""The writer: what fails leaves nothing, nested calls share the transaction, effects wait for the disk."""

import logging
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.errors import RefusedError, StoreError
from sproutcast_pi.store.changes import coalesce
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers import all_reducers
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.tables import Setting
from tests.clocks import AutoAdvancingClock
from tests.store.helpers import OWNER


def put(ctx, name, value="1"):
    Setting.create(name=name, value=value, updated_at=ctx.at)


@pytest.fixture
def happened():
    return []


@pytest.fixture
def odd(tmp_path, happened):
    """A store with reducers that misbehave."""

    @reducer(role="owner")
    def outer(ctx, *, inner_fails: bool, outer_fails: bool = False):
        put(ctx, "a")
        ctx.after_commit(lambda: happened.append("outer"))
        try:
            ctx.call("inner", fail=inner_fails)
        except RefusedError:
            put(ctx, "caught")
        if outer_fails:
            raise ZeroDivisionError

    @reducer(role="internal")
    def inner(ctx, *, fail: bool):
        put(ctx, "b")
        ctx.after_commit(lambda: happened.append("inner"))
        if fail:
            raise RefusedError("no")

    @reducer(role="owner")
    def sly(ctx, *, statement: str):
        put(ctx, "x")
        if statement == "atomic":
            with Setting._meta.database.atomic():
                put(ctx, "y")
        Setting._meta.database.execute_sql(statement)

    @reducer(role="owner")
    def again(ctx):
        store.call("again", {}, caller=OWNER)

    kinds = {one.__name__: one.__reducer__ for one in (outer, inner, sly, again)}
    store = Store(
        tmp_path / "odd.db", clock=AutoAdvancingClock(), device="x", reducers=all_reducers() | kinds, cross_check=True
    )
    yield store
    store.close()


def names(store):
    return [row["name"] for row in store.query("SELECT name FROM setting ORDER BY name")]


def test_nested_calls_share_the_transaction(odd, happened):
    received = []
    odd.subscribe("SELECT * FROM setting", received.append, caller=OWNER)
    odd.call("outer", {"inner_fails": False}, caller=OWNER)
    assert (names(odd), happened, len(received)) == (["a", "b"], ["outer", "inner"], 2)


def test_a_nested_refusal_undoes_its_own_part_only(odd, happened):
    received = []
    odd.subscribe("SELECT * FROM setting", received.append, caller=OWNER)
    odd.call("outer", {"inner_fails": True}, caller=OWNER)
    assert (names(odd), happened) == (["a", "caught"], ["outer"])
    assert sorted(row["name"] for row in received[1].insert) == ["a", "caught"]


def test_a_bug_leaves_no_row_no_event_no_effect(odd, happened, caplog):
    received = []
    odd.subscribe("SELECT * FROM setting", received.append, caller=OWNER)
    with caplog.at_level(logging.CRITICAL), pytest.raises(RefusedError) as caught:
        odd.call("outer", {"inner_fails": False, "outer_fails": True}, caller=OWNER)
    assert (caught.value.code, names(odd), happened, len(received), odd.seq) == ("internal", [], [], 1, 0)


@pytest.mark.parametrize("statement", ["atomic", "COMMIT", "rollback", "SAVEPOINT a", "BEGIN"])
def test_a_reducer_may_not_end_the_transaction(odd, statement, caplog):
    with caplog.at_level(logging.CRITICAL), pytest.raises(RefusedError, match="may not"):
        odd.call("sly", {"statement": statement}, caller=OWNER)
    assert names(odd) == []


def test_waiting_for_oneself_is_an_error_not_a_standstill(odd, caplog):
    with caplog.at_level(logging.CRITICAL), pytest.raises(RefusedError, match="wait for itself"):
        odd.call("again", {}, caller=OWNER)


def test_a_failing_listener_or_effect_harms_nobody(odd, happened, caplog):
    def fail(_message):
        raise ZeroDivisionError

    received = []
    with caplog.at_level(logging.CRITICAL):
        odd.subscribe("SELECT * FROM setting", fail, caller=OWNER)
        odd.subscribe("SELECT * FROM setting", received.append, caller=OWNER)
        odd.call("outer", {"inner_fails": False}, caller=OWNER)
    assert len(received) == 2


def test_calls_queued_together_share_commits_and_keep_their_order(store):
    gate, reached = threading.Event(), threading.Event()
    held = threading.Thread(target=store.run_on_writer, args=(lambda: reached.set() or gate.wait(),))
    held.start()
    assert reached.wait(60)
    futures = [
        store.submit("set_setting", {"name": "ui.n", "value": number if number % 7 else float("nan")}, caller=OWNER)
        for number in range(100)
    ]
    gate.set()
    held.join()
    seqs = [future.result().seq for future in futures if future.exception() is None]
    assert seqs == list(range(1, len(seqs) + 1))
    assert store.stats().commits < 10
    assert store.query("SELECT value FROM setting") == [{"value": "99"}]


def test_closed_twice_and_then_refusing(store):
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.call("set_setting", {"name": "ui.n", "value": 1}, caller=OWNER)


TABLE = Table("t", ("k", "v"), ("INTEGER", "INTEGER"), ("BINARY", "BINARY"), (0,))


@given(st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(0, 2), st.integers(0, 4))))
def test_coalescing_gives_the_net_effect(steps):
    """Each step puts a value under a key, removes it, or moves a row to another key."""
    rows, seen = {0: (0, 0), 1: (1, 1)}, []
    before = dict(rows)
    for key, value, other in steps:
        old = rows.get(key)
        target = other if old is not None and other not in rows else key
        new = None if value is None else (target, value)
        if old is None and new is None:
            continue
        seen.append((TABLE, old, new))
        rows.pop(key, None)
        if new is not None:
            rows[target] = new
    wanted = {key: (before.get(key), rows.get(key)) for key in before.keys() | rows.keys()}
    found = {(change.old or change.new)[0]: (change.old, change.new) for change in coalesce(seen)}
    assert found == {key: both for key, both in wanted.items() if both[0] != both[1]}
