"""Rows once, then each change, with no gap and no repeat; what is refused says which part and why."""

import threading

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.engine import INTERNAL
from sproutcast_pi.store.messages import QueryDiff, QueryRows
from tests.store.helpers import CARER, OWNER, VIEWER


class RecordingListener:
    """A listener that can be waited for."""

    def __init__(self):
        self.messages = []
        self._more = threading.Condition()

    def __call__(self, message):
        with self._more:
            self.messages.append(message)
            self._more.notify_all()

    def wait(self, enough):
        with self._more:
            assert self._more.wait_for(lambda: enough(self.messages), 60), self.messages
        return self.messages

    @property
    def rows(self):
        """The rows of the first answer."""
        return [row for message in self.messages if isinstance(message, QueryRows) for row in message.rows]

    @property
    def diffs(self):
        return [message for message in self.messages if isinstance(message, QueryDiff)]


def plant(store, name):
    return store.call("create_plant", {"name": name}, caller=OWNER)


def test_rows_then_diffs_before_the_answer(store):
    plant(store, "Basil")
    recorder = RecordingListener()
    subscription = store.subscribe("SELECT * FROM plant", recorder, caller=VIEWER)
    assert subscription.key == ("id",)
    assert [row["name"] for row in recorder.rows] == ["Basil"]
    result = plant(store, "Mint")
    (diff,) = recorder.diffs
    assert (diff.seq, diff.reducer, [row["name"] for row in diff.insert]) == (result.seq, "create_plant", ["Mint"])


def test_a_refused_call_is_never_heard(store):
    recorder = RecordingListener()
    store.subscribe("SELECT * FROM monitor_plan", recorder, caller=VIEWER)
    plant(store, "Basil")
    futures = [store.submit("create_plant", {"name": name}, caller=OWNER) for name in ("Basil", "Mint", "basil")]
    assert [future.exception() is None for future in futures] == [False, True, False]
    assert [len(diff.insert) for diff in recorder.diffs] == [1, 1]


def test_deleting_a_plant_is_heard_in_every_table_that_goes_with_it(store):
    number = plant(store, "Basil").value
    store.call("log_care", {"plant_id": number, "kind": "water"}, caller=CARER)
    recorder = {table: RecordingListener() for table in ("plant", "monitor_plan", "care_event")}
    for table, listener in recorder.items():
        store.subscribe(f"SELECT * FROM {table}", listener, caller=VIEWER)
    seq = store.call("delete_plant", {"plant_id": number}, caller=OWNER).seq
    assert {table: [(d.seq, len(d.delete)) for d in one.diffs] for table, one in recorder.items()} == {
        table: [(seq, 1)] for table in recorder
    }


def test_a_closed_subscription_hears_nothing_and_equal_queries_share(store):
    first, second = RecordingListener(), RecordingListener()
    one = store.subscribe("SELECT * FROM plant WHERE name LIKE 'b%'", first, caller=VIEWER)
    store.subscribe("select * from PLANT where NAME like 'b%' -- the same", second, caller=VIEWER)
    assert (store.stats().live_queries, store.stats().subscriptions) == (1, 2)
    for recorder in (first, second):
        recorder.wait(len)  # the first rows, which are read aside
    plant(store, "Basil")
    for recorder in (first, second):
        recorder.wait(lambda _, recorder=recorder: recorder.diffs)
    assert first.diffs[0] is second.diffs[0]
    one.close()
    one.close()
    plant(store, "Borage")
    second.wait(lambda _: len(second.diffs) == 2)
    assert len(first.diffs) == 1


def test_a_query_nobody_hears_is_forgotten(store):
    store.subscribe("SELECT * FROM plant LIMIT 3", RecordingListener(), caller=VIEWER).close()
    store.run_on_writer(lambda: None)
    assert store.stats().live_queries == 0


def test_a_window_follows_its_rows(store):
    for name in "fdbhaceg":
        plant(store, name)
    recorder = RecordingListener()
    store.subscribe("SELECT * FROM plant ORDER BY name LIMIT 3", recorder, caller=VIEWER)
    assert [row["name"] for row in recorder.rows] == ["a", "b", "c"]
    store.call("update_plant", {"plant_id": 3, "name": "z"}, caller=OWNER)
    (diff,) = recorder.diffs
    assert ([row["name"] for row in diff.insert], [row["name"] for row in diff.delete]) == (["d"], ["b"])


def test_joins_and_aggregates_are_asked_again(store):
    recorder = RecordingListener()
    sql = "SELECT plant.name, count(*) AS times FROM plant JOIN care_event ON plant_id = plant.id GROUP BY plant.id"
    subscription = store.subscribe(sql, recorder, caller=VIEWER)
    assert (subscription.key, subscription.incremental) == ((), False)
    number = plant(store, "Basil").value
    for _ in range(3):
        store.call("log_care", {"plant_id": number, "kind": "water"}, caller=CARER)
    recorder.wait(
        lambda messages: any(isinstance(m, QueryDiff) and m.insert == [{"name": "Basil", "times": 3}] for m in messages)
    )


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM plant", "only SELECT"),
        ("", "only SELECT"),
        ("SELECT * FROM plant; DELETE FROM plant", "one query at a time"),
        ("SELECT * FROM plants", 'did you mean "plant"'),
        ("SELECT * FROM plant WHERE nam = 1", 'did you mean "name"'),
        ("SELECT * FROM plant WHERE name = ?", "write values into the query"),
        ("SELECT * FROM plant LIMIT 100000", "at most 5000"),
        ("SELECT * FROM plant LIMIT x", "number of rows"),
        ("SELECT name, name FROM plant", 'named "name"'),
        ("SELECT count(* FROM plant", "can't be read"),
        ("SELECT random() FROM plant", "call random()"),
        ("SELECT load_extension('x')", "call load_extension()"),
        ("SELECT zeroblob(1000000000)", "call zeroblob()"),
        ("SELECT date('now')", "can't follow the clock"),
        ("SELECT sql FROM sqlite_schema", "read sqlite_master"),
        ("SELECT * FROM pragma_table_info('plant')", "pragma"),
        (
            "SELECT * FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT * FROM n)",
            "more than read",
        ),
        ("SELECT * FROM _meta", 'no table "_meta"'),
        ("SELECT value FROM _meta", "read _meta"),
        ("SELECT * FROM plant WHERE " + "NOT " * 60 + "id = 1", "nested deeper"),
        ("SELECT * FROM plant WHERE id IN (" + ", ".join("1" for _ in range(2100)) + ")", "more than 2000"),
        ("SELECT * FROM plant WHERE name = '" + "x" * 9000 + "'", "at most 8000"),
        ("SELECT * FROM plant WHERE name = 'x", "is no SQL"),
        ("SELECT * FROM plant WHERE name COLLATE GERMAN = 'x'", "no collation GERMAN"),
    ],
)
def test_refused_sql_says_which_part(store, sql, words):
    with pytest.raises(RefusedError) as caught:
        store.subscribe(sql, RecordingListener(), caller=OWNER)
    assert words in str(caught.value)
    assert caught.value.code in ("invalid", "forbidden")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM client",
        "SELECT name FROM client",
        "SELECT (SELECT max(id) FROM client) AS m",
        "SELECT * FROM _tx",
    ],
)
def test_private_tables_are_for_owners(store, sql):
    with pytest.raises(RefusedError) as caught:
        store.subscribe(sql, RecordingListener(), caller=CARER)
    assert caught.value.code == "forbidden"
    store.subscribe(sql, RecordingListener(), caller=OWNER)
    with pytest.raises(RefusedError):
        store.subscribe(sql, RecordingListener(), caller=VIEWER)


def test_token_hashes_never_leave(store):
    secret = "ab" * 32
    queries = (
        "SELECT * FROM client",
        "SELECT * FROM client LIMIT 5",
        "SELECT token_hash AS h FROM client",
        "SELECT max(token_hash) AS h FROM client JOIN plant ON 1",
    )
    recorder = []
    for sql in queries:
        recorder.append(RecordingListener())
        store.subscribe(sql, recorder[-1], caller=INTERNAL)
    plant(store, "Basil")
    store.call("add_client", {"name": "phone", "role": "carer", "token_hash": secret}, caller=INTERNAL)
    for listener in recorder:
        listener.wait(lambda messages: any(isinstance(message, QueryDiff) for message in messages) or len(messages) > 0)
    late = RecordingListener()
    store.subscribe("SELECT * FROM client WHERE id = 1", late, caller=OWNER)
    assert secret not in repr([one.messages for one in [*recorder, late]])
    assert secret not in repr(store.query("SELECT diff FROM _tx"))
    with pytest.raises(RefusedError):
        store.subscribe(f"SELECT * FROM client WHERE token_hash = '{secret}'", RecordingListener(), caller=OWNER)


class TestResuming:
    def test_exactly_what_was_missed_once_each(self, store):
        plant(store, "Basil")
        held = store.seq
        parts = [{"part": f"part {number}", "state": "ok", "message": "."} for number in range(500)]
        seqs = [store.call("set_health", part, caller=INTERNAL).seq for part in parts]
        recorder = RecordingListener()
        store.subscribe("SELECT * FROM health", recorder, caller=VIEWER, since=held, epoch=store.epoch)
        first, *missed = recorder.messages
        assert (first.rows, first.reset, first.done) == ([], False, True)
        assert [(diff.seq, diff.insert[0]["part"]) for diff in missed] == [
            (seq, part["part"]) for seq, part in zip(seqs, parts, strict=True)
        ]
        store.call("clear_health", {"part": "part 7"}, caller=INTERNAL)
        assert len(recorder.messages) == 502

    def test_only_what_the_query_wants(self, store):
        number = plant(store, "Basil").value
        held = store.seq
        plant(store, "Mint")
        store.call("update_plant", {"plant_id": number, "name": "Oregano"}, caller=OWNER)
        recorder = RecordingListener()
        store.subscribe("SELECT * FROM plant WHERE name = 'Basil'", recorder, caller=VIEWER, since=held)
        (diff,) = recorder.diffs
        assert [row["name"] for row in diff.delete] == ["Basil"]

    @pytest.mark.parametrize("how", ["pruned", "other epoch", "from the future", "window"])
    def test_afresh_when_the_log_can_not_tell(self, store, clock, how):
        plant(store, "Basil")
        since, epoch, sql = 1, store.epoch, "SELECT * FROM plant"
        if how == "pruned":
            clock.advance(days=30)
            plant(store, "Mint")
            plant(store, "Sage")
            assert store.call("prune_log", {"keep_bytes": 0}, caller=INTERNAL).value == 2
        elif how == "other epoch":
            epoch = "another"
        elif how == "from the future":
            since = 999
        else:
            sql = "SELECT * FROM plant LIMIT 5"
        recorder = RecordingListener()
        store.subscribe(sql, recorder, caller=VIEWER, since=since, epoch=epoch)
        (first,) = recorder.messages
        assert (first.reset, first.seq, len(first.rows)) == (True, store.seq, len(store.query("SELECT id FROM plant")))


class SlowListener(RecordingListener):
    """Takes the next piece of a large answer only when it is let."""

    def __init__(self):
        super().__init__()
        self.go = threading.Event()

    def __call__(self, message):
        super().__call__(message)
        return self.go


def test_a_large_first_answer_meets_the_diffs_without_gap_or_repeat(store):
    for start in range(0, 3000, 100):
        for number in range(start, start + 100):
            store.submit("set_health", {"part": f"p{number:04}", "state": "ok", "message": "."}, caller=INTERNAL)
    store.run_on_writer(lambda: None)
    slow, quick = SlowListener(), RecordingListener()
    store.subscribe("SELECT * FROM health", slow, caller=VIEWER)
    store.subscribe("SELECT * FROM health WHERE part = 'p2999'", quick, caller=VIEWER)
    slow.wait(lambda messages: len(messages) == 1)
    store.call("set_health", {"part": "p2999", "state": "bad", "message": "hot"}, caller=INTERNAL)
    assert quick.diffs[0].update[0]["state"] == "bad"
    assert not slow.diffs
    slow.go.set()
    slow.wait(lambda messages: isinstance(messages[-1], QueryDiff))
    pieces = [message for message in slow.messages if isinstance(message, QueryRows)]
    assert [piece.reset for piece in pieces] == [True] + [False] * (len(pieces) - 1)
    assert [piece.done for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    parts = [row["part"] for row in slow.rows]
    assert len(parts) == len(set(parts)) == 3000
    assert [row["state"] for row in slow.rows if row["part"] == "p2999"] == ["ok"]
    assert [diff.update[0]["state"] for diff in slow.diffs] == ["bad"]
