"""Safe mode after three failed starts; an event log that survives cuts, full cards and rubbish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.services.boot.event_log import EventLog
from sproutcast_pi.services.boot.reset_cause import save_reset_cause
from sproutcast_pi.services.boot.restart_cause import (
    ServiceEnd,
    find_restart_cause,
    machine_cause,
    read_service_end,
    save_service_end,
)
from sproutcast_pi.services.boot.start_counter import MAX_FAILED_STARTS, PROVEN_AFTER_S, StartCounter, StartState
from sproutcast_pi.services.boot.startup_status import RETRY_AFTER_S, StartupStatus, system_reports
from sproutcast_pi.simulated.clocks import FakeClock


def test_three_failed_starts_make_the_fourth_a_safe_one(tmp_path):
    path = tmp_path / "starts.json"
    for number in range(MAX_FAILED_STARTS):
        start = StartCounter(path)
        assert start.begin().safe is False, number
        start.record_phase("opening")
    verdict = StartCounter(path).begin()
    assert verdict.safe
    assert "opening the database" in english(verdict.message)
    assert verdict.failed == MAX_FAILED_STARTS


@pytest.mark.parametrize("end", ["record_success", "record_stop"])
def test_a_good_start_and_a_wanted_stop_forgive_what_was(tmp_path, end):
    path = tmp_path / "starts.json"
    for _ in range(MAX_FAILED_STARTS + 2):
        start = StartCounter(path)
        start.begin()
    assert StartCounter(path).begin().safe
    getattr(start, end)()
    assert StartCounter(path).begin().safe is False


def test_only_after_a_while_what_does_not_work_counts_as_broken(tmp_path):
    clock = FakeClock()
    start = StartupStatus(tmp_path, clock, root=tmp_path)
    clock.advance(PROVEN_AFTER_S - 1)
    assert not start.settled
    clock.advance(1)
    assert start.settled


@given(st.lists(st.sampled_from(["crash", "record_success", "record_stop"]), max_size=20))
def test_a_start_is_safe_exactly_after_three_crashes_in_a_row(tmp_path_factory, ends):
    path = tmp_path_factory.mktemp("starts") / "starts.json"
    crashes = 0
    for end in ends:
        start = StartCounter(path)
        assert start.begin().safe is (crashes >= MAX_FAILED_STARTS)
        crashes = crashes + 1 if end == "crash" else 0
        if end != "crash":
            getattr(start, end)()


@pytest.mark.parametrize("content", [b"", b"{", b'{"failed": -9}', b"\xff\xfe", b'{"failed": "many"}'])
def test_a_broken_count_is_a_fresh_one(tmp_path, content):
    (tmp_path / "starts.json").write_bytes(content)
    assert StartCounter(tmp_path / "starts.json").begin().safe is False


def test_a_folder_that_is_not_there_stops_nothing(tmp_path):
    start = StartCounter(tmp_path / "nowhere" / "starts.json")
    assert start.begin().safe is False
    start.record_success()
    EventLog(tmp_path / "nowhere", FakeClock()).record("start", verbatim("power came back"))


def test_the_newest_events_come_first_and_the_ring_stays_small(tmp_path):
    ring = EventLog(tmp_path, FakeClock(trusted=False), half_bytes=2_000)
    for number in range(200):
        ring.record("test", verbatim(f"event {number}"))
    newest = ring.newest(5)
    assert [event.text for event in newest] == [f"event {number}" for number in range(199, 194, -1)]
    assert newest[0].trusted is False
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2 * 2_200
    assert ring.newest(0) == []


@given(st.binary(max_size=200))
def test_rubbish_at_the_end_costs_only_itself(tmp_path_factory, rubbish):
    folder = tmp_path_factory.mktemp("ring")
    ring = EventLog(folder, FakeClock())
    ring.record("start", verbatim("first"))
    with (folder / "events.jsonl").open("ab") as file:
        file.write(rubbish)
    ring.record("start", verbatim("second"))
    texts = [event.text for event in ring.newest(10)]
    assert texts[0] == "second"
    assert texts[-1] == "first"


@pytest.mark.parametrize(
    ("before", "end", "machine", "kind", "words"),
    [
        (None, None, "", "first", "first time"),
        (StartState(boot="a", stopped=True), None, "", "asked", "properly"),
        (StartState(boot="a", reason="opening"), None, "", "crash", "opening the database"),
        (StartState(boot="a"), ServiceEnd(result="watchdog", boot="a"), "", "watchdog", "stopped responding"),
        (StartState(boot="a"), ServiceEnd(result="oom-kill", boot="a"), "", "crash", "memory"),
        (StartState(boot="a"), ServiceEnd(result="watchdog", boot="0"), "", "crash", "unexpectedly"),
        (StartState(boot="a", version="0.9"), None, "", "update", "replaced 0.9"),
        (StartState(boot="0"), None, "", "power", "Power"),
        (StartState(boot="0"), None, "watchdog", "watchdog", "its watchdog"),
        (StartState(boot="0"), None, "panic", "panic", "operating system"),
        (StartState(boot="0"), None, "reset", "watchdog", "or its operating system failed"),
        (StartState(boot="0", stopped=True), None, "reset", "asked", "shut down properly"),
        (StartState(boot="0", intent="restart"), None, "reset", "asked", "on request"),
        (StartState(boot="0", stopped=True), None, "", "asked", "shut down properly"),
        (StartState(boot="0", stopped=True, intent="update"), None, "", "update", "try an update"),
        (StartState(boot="0", intent="reset"), None, "", "reset", "reset"),
    ],
)
def test_the_likeliest_cause_is_told(before, end, machine, kind, words):
    cause = find_restart_cause(before, boot="a", version="1", end=end, machine=machine)
    assert cause.kind == kind
    assert words in english(cause.message)


@given(st.lists(st.sampled_from(["crash", "power"]), max_size=12))
def test_only_our_own_failures_lead_to_safe_mode_never_the_plug(tmp_path_factory, ends):
    path = tmp_path_factory.mktemp("starts") / "starts.json"
    StartCounter(path).begin()
    crashes = 0
    for end in ends:
        crashes += end == "crash"
        assert StartCounter(path).begin(blameless=end == "power").safe is (crashes >= MAX_FAILED_STARTS)


def test_a_start_is_proved_by_two_minutes_of_light_and_store(tmp_path):
    clock = FakeClock()
    for _ in range(MAX_FAILED_STARTS):
        StartupStatus(tmp_path, clock, root=tmp_path).mark_ready()
    assert StartupStatus(tmp_path, clock, root=tmp_path).safe
    start = StartupStatus(tmp_path, clock, root=tmp_path)
    start.leave_safe_mode()
    start.mark_ready()
    assert not start.tick()
    clock.advance(PROVEN_AFTER_S)
    start.tick()
    assert not StartupStatus(tmp_path, clock, root=tmp_path).safe


def test_safe_mode_is_left_by_itself_after_hours_and_one_failure_brings_it_back(tmp_path):
    clock = FakeClock()
    for _ in range(MAX_FAILED_STARTS):
        StartupStatus(tmp_path, clock, root=tmp_path)
    start = StartupStatus(tmp_path, clock, root=tmp_path)
    assert [reported.part for reported in start.health_reports()] == ["restart", "safe_mode"]
    assert not start.tick()
    clock.advance(RETRY_AFTER_S)
    assert start.tick()
    start.leave_safe_mode()
    assert [reported.part for reported in start.health_reports()] == ["restart"]
    assert StartupStatus(tmp_path, clock, root=tmp_path).safe


@pytest.mark.parametrize(
    ("files", "part", "state", "words"),
    [
        ({"no-data": "The data partition is missing or can't be read.", "fsck-code": "8"}, "data", "bad", "missing"),
        ({"fsck-code": "1"}, "data", "ok", "corrected"),
        ({"fsck-code": "4"}, "data", "warn", "damaged"),
        ({"boot-faults": "line 3: wifi.nam: ..."}, "boot_file", "warn", "line 3"),
    ],
)
def test_what_was_found_before_the_daemon_is_told(tmp_path, files, part, state, words):
    for name, text in files.items():
        (tmp_path / name).write_text(text + "\n")
    reported = system_reports(tmp_path)[0]
    assert (reported.part, reported.state) == (part, state)
    assert words in english(reported.message)


def test_how_systemd_saw_the_end_is_kept_for_the_next_start(tmp_path):
    save_service_end(tmp_path, {})
    assert read_service_end(tmp_path) is None
    save_service_end(tmp_path, {"SERVICE_RESULT": "watchdog"})
    assert read_service_end(tmp_path).result == "watchdog"


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        ({}, ""),
        ({"sys/class/watchdog/watchdog0/bootstatus": "0"}, ""),
        ({"sys/class/watchdog/watchdog0/bootstatus": "32"}, "watchdog"),
        ({"sys/class/watchdog/watchdog0/bootstatus": "no number"}, ""),
        ({"proc/device-tree/chosen/bootloader/rsts": "\0\0\x10\0"}, ""),
        ({"proc/device-tree/chosen/bootloader/rsts": "\0\0\0\x20"}, "reset"),
        ({"proc/device-tree/chosen/bootloader/rsts": "\0\0\x10\x20"}, ""),
        ({"proc/device-tree/chosen/bootloader/rsts": ""}, ""),
        ({"sys/class/watchdog/watchdog0/bootstatus": "32", "sys/fs/pstore/dmesg-efi-1": "Oops"}, "panic"),
    ],
)
def test_what_the_machine_remembers_of_its_reset_is_kept_for_the_daemon(tmp_path, files, cause):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    save_reset_cause(tmp_path)
    assert machine_cause(tmp_path) == cause
    assert not list(tmp_path.glob("sys/fs/pstore/dmesg-*"))
