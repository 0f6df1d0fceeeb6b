"""However messages are lost, repeated and delayed, the hub applies each transaction once, and in order."""

import contextlib
import random

import apsw
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.hub.apply_messages import apply_message
from sproutcast_pi.hub.schema import sqlite_statements
from sproutcast_pi.protocol.sync import Batch, Committed, RowChange, SequenceGap, SnapshotPart, SyncTransaction, encode
from sproutcast_pi.services.sync.send_window import SendWindow

EPOCH = "0123456789abcdef"
NOW = "2026-11-22T03:06:09.123456Z"


class MemoryTransaction:
    """A session on a database in memory; notes the order in which rows were applied."""

    row_errors = (apsw.ConstraintError, apsw.MismatchError)
    now = NOW

    def __init__(self):
        self.connection = apsw.Connection(":memory:")
        for statement in sqlite_statements():
            self.connection.execute(statement)
        self.applied = []

    def rows(self, sql, values=()):
        return self.connection.execute(sql, values).fetchall()

    def run(self, sql, values=()):
        self.connection.execute(sql, values)

    def run_many(self, sql, rows):
        for values in rows:
            self.run(sql, values)

    @contextlib.contextmanager
    def savepoint(self):
        with self.connection:
            yield

    def lock_device(self, device):
        pass

    def notify_applied(self, device, epoch, upto, kind, content):
        self.applied.append(upto)


def setting(seq):
    row = {"id": seq, "at": NOW, "level": 0.5, "reason": f"number {seq}"}
    return SyncTransaction(seq, NOW, "record_light", "sproutcast", [RowChange("light_change", row)])


def batch(after, upto):
    return Batch(EPOCH, after, upto, [setting(seq) for seq in range(after + 1, upto + 1)])


def positions(session):
    return session.rows("SELECT upto FROM _position")


def light_changes(session):
    return [key for (key,) in session.rows("SELECT id FROM light_change ORDER BY id")]


@given(total=st.integers(0, 60), size=st.integers(1, 20), seed=st.integers(0, 2**32))
def test_a_line_that_loses_repeats_and_delays_ends_with_everything_once(total, size, seed):
    chance = random.Random(seed)
    session, window, now = MemoryTransaction(), SendWindow(acked=0, size=size, first_patience_s=1.0), 0.0
    up, down = [], []
    for _ in range(4000):
        now += 0.5
        window.check_timeout(now)
        while window.free_slots and window.sent < total:
            upto = min(total, window.sent + chance.randint(1, 5))
            message = encode(batch(window.sent, upto))
            # A calm line in the end: it may lose much, not all.
            up += [message] * chance.choice((0, 1, 1, 1, 2) if now < 500 else (1,))
            window.mark_sent(upto, now)
        chance.shuffle(up) if chance.random() < 0.2 and now < 500 else None
        for message in up[:3]:
            down += [apply_message(session, "spr-000000000001", message, enrol=True)] * chance.choice(
                (0, 1, 1) if now < 500 else (1,)
            )
        del up[:3]
        for answer in down[:3]:
            if isinstance(answer, Committed):
                window.acknowledge(answer.upto, now)
            elif isinstance(answer, SequenceGap):
                window.report_gap(answer.upto, now)
        del down[:3]
        if window.acked == total and not up and not down:
            break
    assert light_changes(session) == list(range(1, total + 1))
    assert session.applied == sorted(set(session.applied))
    assert window.acked == total


def test_a_batch_that_overlaps_adds_only_what_is_new():
    session = MemoryTransaction()
    assert apply_message(session, "spr-000000000001", encode(batch(0, 5)), enrol=True) == Committed(EPOCH, 5)
    session.run("DELETE FROM light_change")
    assert apply_message(session, "spr-000000000001", encode(batch(2, 7)), enrol=True) == Committed(EPOCH, 7)
    assert light_changes(session) == [6, 7]


def test_a_batch_beyond_a_gap_is_not_applied_and_says_where_the_gap_is():
    session = MemoryTransaction()
    apply_message(session, "spr-000000000001", encode(batch(0, 5)), enrol=True)
    assert apply_message(session, "spr-000000000001", encode(batch(6, 9)), enrol=True) == SequenceGap(EPOCH, 5)
    assert light_changes(session) == [1, 2, 3, 4, 5]


def test_two_epochs_of_a_device_stand_side_by_side():
    session = MemoryTransaction()
    apply_message(session, "spr-000000000001", encode(batch(0, 3)), enrol=True)
    again = Batch("fedcba9876543210", 0, 2, [setting(1), setting(2)])
    apply_message(session, "spr-000000000001", encode(again), enrol=True)
    assert session.rows("SELECT epoch, count(*) FROM light_change GROUP BY 1 ORDER BY 1") == [
        (EPOCH, 3),
        ("fedcba9876543210", 2),
    ]


def test_refused_rows_are_set_aside_and_the_rest_goes_on():
    session = MemoryTransaction()
    good = setting(2).changes[0]
    changes = [
        RowChange("client", {"id": 1, "name": "x"}),
        RowChange("light_change", {"id": 1, "at": NOW, "level": "bright", "reason": "day"}),
        RowChange("light_change", {"id": 1, "at": NOW, "level": 0.5, "reason": "day", "colour": "pink"}),
        RowChange("light_change", {"at": NOW, "level": 0.5, "reason": "day"}),
        RowChange("light_change", {"id": 3, "at": NOW, "level": float("nan"), "reason": "day"}),
        RowChange("light_change", {"id": 4, "at": NOW, "level": 0.5, "reason": "a\x00b"}),
        RowChange("light_change", {"id": 2**64 - 1, "at": NOW, "level": 0.5, "reason": "day"}),
        RowChange("no_such", {}, deleted=True),
        good,
    ]
    message = encode(Batch(EPOCH, 0, 1, [SyncTransaction(1, NOW, "x", "y", changes)]))
    assert apply_message(session, "spr-000000000001", message, enrol=True) == Committed(EPOCH, 1)
    assert light_changes(session) == [2]
    letters = session.rows("SELECT place, reason FROM dead_letter ORDER BY place")
    assert [place for place, _ in letters] == list(range(8))
    assert 'no table "client"' in letters[0][1]
    assert 'no column "colour"' in letters[2][1]


@given(st.binary(max_size=200))
def test_what_is_no_message_of_ours_is_answered_and_changes_nothing(payload):
    session = MemoryTransaction()
    answer = apply_message(session, "spr-000000000001", payload, enrol=True)
    assert type(answer).__name__ == "Refused" or positions(session) == []
    assert light_changes(session) == []


def test_a_device_nobody_paired_is_refused():
    session = MemoryTransaction()
    answer = apply_message(session, "spr-000000000001", encode(batch(0, 1)), enrol=False)
    assert "not paired" in answer.reason
    assert light_changes(session) == []


def test_a_full_copy_replaces_everything_at_its_last_part_and_only_once():
    session = MemoryTransaction()
    apply_message(session, "spr-000000000001", encode(batch(0, 9)), enrol=True)
    parts = [SnapshotPart(EPOCH, 40, "abcd", number, 3, setting(100 + number).changes) for number in range(3)]
    answers = [apply_message(session, "spr-000000000001", encode(parts[number]), enrol=True) for number in (0, 2, 0, 1)]
    assert [answer.parts for answer in answers] == [1, 1, 1, 2]
    assert light_changes(session) == list(range(1, 10))
    assert apply_message(session, "spr-000000000001", encode(parts[2]), enrol=True) == Committed(EPOCH, 40)
    assert light_changes(session) == [100, 101, 102]
    assert apply_message(session, "spr-000000000001", encode(batch(40, 41)), enrol=True) == Committed(EPOCH, 41)
    assert apply_message(session, "spr-000000000001", encode(parts[2]), enrol=True) == Committed(EPOCH, 41)
    assert light_changes(session) == [41, 100, 101, 102]


def test_an_old_copy_that_comes_late_does_not_take_the_hub_back():
    session = MemoryTransaction()
    apply_message(session, "spr-000000000001", encode(batch(0, 9)), enrol=True)
    late = SnapshotPart(EPOCH, 4, "abcd", 0, 1, setting(1).changes)
    assert apply_message(session, "spr-000000000001", encode(late), enrol=True) == Committed(EPOCH, 9)
    assert light_changes(session) == list(range(1, 10))


def test_a_copy_of_another_history_takes_the_place_of_what_the_hub_had():
    session = MemoryTransaction()
    apply_message(session, "spr-000000000001", encode(batch(0, 9)), enrol=True)
    other = SnapshotPart(EPOCH, 4, "abcd", 0, 1, setting(1).changes, instead=True)
    assert apply_message(session, "spr-000000000001", encode(other), enrol=True) == Committed(EPOCH, 4)
    assert light_changes(session) == [1]
