"""Queries that take long are answered beside the writer, or stopped with a sentence."""

import apsw
import pytest

from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.messages import QueryDiff, QueryRows, SubscriptionEnded
from tests.clocks import AutoAdvancingClock
from tests.store.helpers import OWNER
from tests.store.subscriptions.test_subscriptions import RecordingListener

MANY = 60_000


@pytest.fixture
def large(tmp_path):
    path, clock = tmp_path / "large.db", AutoAdvancingClock()
    Store(path, clock=clock, device="spr-0000000001a6").close()
    connection = apsw.Connection(str(path))
    connection.execute(
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) INSERT INTO health "
        "(part, state, message, since_at, updated_at) "
        "SELECT printf('p%06d', n), 'ok', printf('%06d', n * 7919 % 60013), '', '' FROM c",
        (MANY,),
    )
    connection.close()
    store = Store(path, clock=clock, device="spr-0000000001a6")
    yield store
    store.close()


def test_a_window_without_an_index_is_read_aside_and_stays_right(large):
    recorder = RecordingListener()
    large.subscribe("SELECT * FROM health ORDER BY message DESC LIMIT 4", recorder, caller=OWNER)
    recorder.wait(lambda messages: any(isinstance(message, QueryRows) for message in messages))
    held = {row["part"] for row in recorder.rows}
    wanted = large.query("SELECT part FROM health ORDER BY message DESC, part LIMIT 60")
    assert held == {row["part"] for row in wanted[:4]}
    for gone in wanted[:40]:
        large.submit("clear_health", {"part": gone["part"]}, caller=INTERNAL)
    newest = {row["part"] for row in wanted[40:44]}

    def settled(messages):
        now = {row["part"] for row in recorder.rows}
        for message in messages:
            if isinstance(message, QueryDiff):
                now -= {row["part"] for row in message.delete}
                now |= {row["part"] for row in message.insert}
        return now == newest

    recorder.wait(settled)


def test_a_join_that_never_ends_is_stopped_and_says_so(large):
    recorder = RecordingListener()
    sql = "SELECT count(*) AS n FROM health a JOIN health b ON a.message < b.message"
    large.subscribe(sql, recorder, caller=OWNER)
    large.call("set_setting", {"name": "ui.n", "value": 1}, caller=OWNER)
    (ended,) = recorder.wait(lambda messages: len(messages) == 1)
    assert isinstance(ended, SubscriptionEnded)
    assert "more than 1 s" in str(ended.error)
    large.run_on_writer(lambda: None)
    assert large.stats().live_queries == 0


def test_a_large_answer_comes_whole(large):
    recorder = RecordingListener()
    large.subscribe("SELECT * FROM health WHERE part < 'p01'", recorder, caller=OWNER)
    messages = recorder.wait(lambda messages: messages and messages[-1].done)
    assert len(recorder.rows) == len({row["part"] for row in recorder.rows}) == 9_999
    assert len(messages) > 10
