"""Safe mode after three failed starts; a diary that survives cuts, full cards and rubbish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.services.boot.event_ring import EventRing
from sproutcast_pi.services.boot.starts import LIMIT, Starts
from sproutcast_pi.simulated.clocks import TurnableClock


def test_three_failed_starts_make_the_fourth_a_safe_one(tmp_path):
    path = tmp_path / "starts.json"
    for number in range(LIMIT):
        start = Starts(path)
        assert start.begin().safe is False, number
        start.doing("opening the store")
    verdict = Starts(path).begin()
    assert verdict.safe
    assert "opening the store" in verdict.sentence
    assert verdict.failed == LIMIT


@pytest.mark.parametrize("end", ["proved", "stopped"])
def test_a_good_start_and_a_wanted_stop_forgive_what_was(tmp_path, end):
    path = tmp_path / "starts.json"
    for _ in range(LIMIT + 2):
        start = Starts(path)
        start.begin()
    assert Starts(path).begin().safe
    getattr(start, end)()
    assert Starts(path).begin().safe is False


@given(st.lists(st.sampled_from(["crash", "proved", "stopped"]), max_size=20))
def test_a_start_is_safe_exactly_after_three_crashes_in_a_row(tmp_path_factory, ends):
    path = tmp_path_factory.mktemp("starts") / "starts.json"
    crashes = 0
    for end in ends:
        start = Starts(path)
        assert start.begin().safe is (crashes >= LIMIT)
        crashes = crashes + 1 if end == "crash" else 0
        if end != "crash":
            getattr(start, end)()


@pytest.mark.parametrize("content", [b"", b"{", b'{"failed": -9}', b"\xff\xfe", b'{"failed": "many"}'])
def test_a_broken_count_is_a_fresh_one(tmp_path, content):
    (tmp_path / "starts.json").write_bytes(content)
    assert Starts(tmp_path / "starts.json").begin().safe is False


def test_a_folder_that_is_not_there_stops_nothing(tmp_path):
    start = Starts(tmp_path / "nowhere" / "starts.json")
    assert start.begin().safe is False
    start.proved()
    EventRing(tmp_path / "nowhere", TurnableClock()).note("start", "power came back")


def test_the_newest_events_come_first_and_the_ring_stays_small(tmp_path):
    ring = EventRing(tmp_path, TurnableClock(trusted=False), half_bytes=2_000)
    for number in range(200):
        ring.note("test", f"event {number}")
    newest = ring.newest(5)
    assert [event.text for event in newest] == [f"event {number}" for number in range(199, 194, -1)]
    assert newest[0].trusted is False
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2 * 2_200
    assert ring.newest(0) == []


@given(st.binary(max_size=200))
def test_rubbish_at_the_end_costs_only_itself(tmp_path_factory, rubbish):
    folder = tmp_path_factory.mktemp("ring")
    ring = EventRing(folder, TurnableClock())
    ring.note("start", "first")
    with (folder / "events.jsonl").open("ab") as file:
        file.write(rubbish)
    ring.note("start", "second")
    texts = [event.text for event in ring.newest(10)]
    assert texts[0] == "second"
    assert texts[-1] == "first"
