"""A client whose connection breaks goes on where it was: exactly what it missed, once each."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.protocol.client import DaemonClient, RowChanges, Snapshot
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL
from tests.services.gateway.helpers import PATIENCE_S, Follower, GatewayHarness, RawSocket, start_gateway

CARE = "SELECT * FROM care_event"


def water(harness: GatewayHarness, plant: int, times: int) -> None:
    for _ in range(times):
        harness.call("log_care", plant_id=plant, kind="water")


def test_after_500_transactions_without_network_the_missed_ones_come_once_each(
    harness: GatewayHarness, client: DaemonClient
) -> None:
    plant = harness.call("create_plant", name="Basil")
    harness.call("log_care", plant_id=plant, kind="water")
    care = Follower(client, CARE)
    plants = Follower(client, "SELECT * FROM plant")
    assert len(care.snapshot().rows) == 1
    plants.snapshot()
    harness.stop()
    water(harness, plant, 249)
    harness.call("update_plant", plant_id=plant, location="Window")
    harness.call("delete_care", care_id=1)
    water(harness, plant, 249)
    harness.start()
    changes = [care.next_change() for _ in range(499)]
    assert all(change.resumed for change in changes)
    assert [change.seq for change in changes] == sorted({change.seq for change in changes})
    assert [row["id"] for row in care.inserted] == list(range(2, 500))
    assert sorted(care.rows) == [row["id"] for row in harness.store.query("SELECT id FROM care_event ORDER BY id")]
    moved = plants.next_change()
    assert [row["location"] for row in moved.insert + moved.update] == ["Window"]
    water(harness, plant, 1)
    assert not care.next_change().resumed


def test_a_window_comes_back_whole(harness: GatewayHarness, client: DaemonClient) -> None:
    newest = Follower(client, "SELECT * FROM plant ORDER BY id DESC LIMIT 2")
    newest.snapshot()
    harness.stop()
    for name in ("Basil", "Chives", "Dill"):
        harness.call("create_plant", name=name)
    harness.start()
    assert sorted(row["name"] for row in newest.snapshot().rows) == ["Chives", "Dill"]


def test_in_another_history_the_rows_come_afresh(tmp_path: Path, clock: FakeClock) -> None:
    """A restored or new database counts its transactions anew; the old numbers mean nothing there."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    socket = tmp_path / "s.sock"
    with start_gateway(tmp_path / "a", clock, socket=socket) as first:
        first.call("create_plant", name="Basil")
        client = DaemonClient(socket)
        client.start()
        plants = Follower(client, "SELECT * FROM plant")
        plants.snapshot()
    with start_gateway(tmp_path / "b", clock, socket=socket) as second:
        second.call("create_plant", name="Chives")
        message = plants.next()
        if isinstance(message, Snapshot) and not message.rows:
            message = plants.next()
        assert [row["name"] for row in plants.rows.values()] == ["Chives"]
        client.stop()


def test_a_resumed_subscription_is_marked_and_a_fresh_answer_to_since_too(harness: GatewayHarness) -> None:
    plant = harness.call("create_plant", name="Basil")
    since = harness.store.seq
    harness.call("update_plant", plant_id=plant, location="Window")
    raw = RawSocket(harness)
    epoch = raw.receive_message("hello")["epoch"]
    raw.send_message(type="subscribe", id=1, sql="SELECT * FROM plant", since=since, epoch=epoch)
    resumed = raw.receive_message("resumed")
    assert [missed["seq"] for missed in resumed["missed"]] == [since + 1]
    raw.send_message(type="subscribe", id=2, sql="SELECT * FROM plant", since=since, epoch="another")
    assert raw.receive_message("rows")["reset"] is True
    raw.send_message(type="subscribe", id=3, sql="SELECT * FROM plant", since=10**9, epoch=epoch)
    assert raw.receive_message("rows")["reset"] is True
    raw.close()


def test_calls_fail_at_once_while_the_daemon_is_away_and_work_again_after(
    harness: GatewayHarness, client: DaemonClient
) -> None:
    gone, back = threading.Event(), threading.Event()
    harness.stop()
    client.on_state(lambda state, _: gone.set() if state == "away" else None)
    assert gone.wait(PATIENCE_S)
    with pytest.raises(RefusedError) as refused:
        client.call("create_plant", {"name": "Basil"}).result(PATIENCE_S)
    assert refused.value.code == "unavailable"
    client.on_state(lambda state, _: back.set() if state == "live" else None)
    harness.start()
    assert back.wait(PATIENCE_S)
    assert client.call("create_plant", {"name": "Basil"}).result(PATIENCE_S) == 1


def test_how_it_is_now_is_never_told_after_how_it_became(harness: GatewayHarness) -> None:
    client = DaemonClient(harness.socket)
    states: list[str] = []
    asked, live = threading.Event(), threading.Event()

    def slow_at_first(state: str, _: str) -> None:
        if not asked.is_set():
            asked.set()
            live.wait(0.5)
        states.append(state)
        if state == "live":
            live.set()

    asking = threading.Thread(target=client.on_state, args=(slow_at_first,))
    asking.start()
    assert asked.wait(PATIENCE_S)
    client.start()
    asking.join()
    assert live.wait(PATIENCE_S)
    assert states == ["connecting", "live"]
    client.stop()


def test_no_diff_is_lost_between_the_rows_and_what_follows(harness: GatewayHarness, client: DaemonClient) -> None:
    """Subscriptions begin in the midst of writing; what each holds in the end is what the table holds."""
    plant = harness.call("create_plant", name="Basil")
    writing = threading.Thread(target=water, args=(harness, plant, 300))
    writing.start()
    followers = [Follower(client, f"SELECT * FROM care_event WHERE id > {n}") for n in range(20)]
    writing.join()
    last = harness.call("log_care", plant_id=plant, kind="feed")
    for n, follower in enumerate(followers):
        while last not in follower.rows:
            message = follower.next()
            assert isinstance(message, Snapshot | RowChanges)
        assert sorted(follower.rows) == list(range(n + 1, last + 1))


def test_a_long_first_answer_and_what_happens_meanwhile_make_one_truth(
    harness: GatewayHarness, client: DaemonClient
) -> None:
    plant = harness.call("create_plant", name="Basil")
    args = {"plant_id": plant, "kind": "note", "text": 'lines,\nquotes " and \u2028'}
    for _ in range(5000):
        harness.store.submit("log_care", args, caller=INTERNAL)
    last = harness.call("log_care", **args)
    care = Follower(client, CARE)
    for number in range(1, 200):
        harness.store.submit("delete_care", {"care_id": number * 7}, caller=INTERNAL)
        last = harness.call("log_care", **args)
    while last not in care.rows:
        care.next()
    assert list(care.rows.values()) == harness.store.query("SELECT * FROM care_event ORDER BY id")
