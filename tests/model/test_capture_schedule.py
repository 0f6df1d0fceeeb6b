"""Captures due: on the grid, only in light, not in quiet hours, one after a pause, whatever the clock does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.capture_schedule import CaptureSchedule, check_capture_schedule, due_capture, next_due_at
from sproutcast_pi.model.light_plan import is_lit
from sproutcast_pi.model.light_schedule import LightSchedule

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
LIGHT = LightSchedule()
HALF_HOURLY = CaptureSchedule()


def live(schedule, begin, minutes, *, light=LIGHT, asleep=(), timelapse_s=(), last=None, step_s=60):
    """Ask every minute, as a keeper would; returns (moment, reason) of each capture."""
    taken = []
    for s in range(0, minutes * 60, step_s):
        now = begin + timedelta(seconds=s)
        if any(a <= now < b for a, b in asleep):
            continue
        found = due_capture(schedule, light, last_at=last, now=now, timelapse_s=timelapse_s)
        if found:
            taken.append((now, found.reason))
            last = now
    return taken


def test_half_hourly_through_a_lit_day_makes_one_for_each_slot():
    taken = live(HALF_HOURLY, NOON.replace(hour=0), 1440, last=NOON - timedelta(days=1))
    assert [moment for moment, _ in taken] == [NOON.replace(hour=6) + timedelta(minutes=30 * n) for n in range(32)]
    assert {reason for _, reason in taken} == {"schedule"}


def test_after_a_restart_there_is_one_not_a_burst():
    taken = live(
        HALF_HOURLY, NOON, 300, last=NOON, asleep=[(NOON + timedelta(minutes=1), NOON + timedelta(minutes=195))]
    )
    assert [(moment - NOON, reason) for moment, reason in taken][:2] == [
        (timedelta(minutes=195), "catch_up"),
        (timedelta(minutes=210), "schedule"),
    ]


def test_a_button_press_shifts_no_slot():
    assert due_capture(HALF_HOURLY, LIGHT, last_at=NOON - timedelta(seconds=5), now=NOON).reason == "schedule"
    assert due_capture(HALF_HOURLY, LIGHT, last_at=NOON, now=NOON + timedelta(minutes=29)) is None


def test_no_photograph_in_chosen_darkness():
    assert due_capture(HALF_HOURLY, LIGHT, last_at=None, now=NOON, lit_now=False) is None
    assert due_capture(HALF_HOURLY, LIGHT, last_at=None, now=NOON, lit_now=True)
    assert due_capture(CaptureSchedule(only_when_lit=False), LIGHT, last_at=None, now=NOON, lit_now=False)


def test_a_disabled_lamp_does_not_stop_photographs():
    assert due_capture(HALF_HOURLY, LightSchedule(enabled=False), last_at=None, now=NOON.replace(hour=2), lit_now=False)


def test_quiet_hours_that_cross_midnight():
    quiet = CaptureSchedule(only_when_lit=False, quiet_hours=("22:00-07:30",))
    taken = live(quiet, NOON, 1440, last=NOON)
    assert not [moment for moment, _ in taken if not 7.5 <= moment.hour + moment.minute / 60 < 22]
    assert NOON.replace(hour=7, minute=30) + timedelta(days=1) in [moment for moment, _ in taken]


def test_a_daily_picture_whose_slot_is_dark_is_taken_when_the_light_comes():
    daily = CaptureSchedule(interval_s=86400)
    taken = live(daily, NOON, 3 * 1440, last=NOON)
    assert [(moment.hour, moment.minute, reason) for moment, reason in taken] == [(6, 0, "schedule")] * 3


def test_a_time_lapse_merges_into_the_schedule():
    taken = live(HALF_HOURLY, NOON, 61, last=NOON - timedelta(seconds=1), timelapse_s=(900,))
    assert [(moment - NOON, reason) for moment, reason in taken] == [
        (timedelta(0), "schedule"),
        (timedelta(minutes=15), "timelapse"),
        (timedelta(minutes=30), "schedule"),
        (timedelta(minutes=45), "timelapse"),
        (timedelta(minutes=60), "schedule"),
    ]


@pytest.mark.parametrize(
    "jump", [timedelta(days=365), timedelta(days=-365), timedelta(days=-20600), timedelta(hours=1)]
)
def test_a_clock_jump_makes_at_most_one_extra(jump):
    before = live(HALF_HOURLY, NOON, 60, last=NOON - timedelta(hours=1))
    after = live(HALF_HOURLY, NOON + jump + timedelta(minutes=60), 60, last=before[-1][0])
    assert len(after) <= 3


def test_a_clock_set_back_does_not_stop_photographs_for_a_year():
    future = NOON + timedelta(days=365)
    assert [moment for moment, _ in live(HALF_HOURLY, NOON, 31, last=future)] == [NOON, NOON + timedelta(minutes=30)]
    assert next_due_at(HALF_HOURLY, LIGHT, last_at=future, now=NOON) == NOON


def test_the_newest_slot_is_the_one_that_counts():
    found = due_capture(
        HALF_HOURLY, LIGHT, last_at=NOON - timedelta(hours=2), now=NOON + timedelta(minutes=46), timelapse_s=[900]
    )
    assert found.slot_at == NOON + timedelta(minutes=45)
    assert found.reason == "timelapse"


schedules = st.builds(
    CaptureSchedule,
    interval_s=st.sampled_from([60, 900, 1800, 3600, 14400, 86400]),
    only_when_lit=st.booleans(),
    quiet_hours=st.sampled_from([(), ("22:00-07:00",), ("01:30-07:00", "12:00-13:00")]),
)


@given(
    schedule=schedules,
    start=st.sampled_from(["06:00", "20:00", "00:00"]),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]),
    now=st.datetimes(datetime(2026, 3, 20), datetime(2026, 4, 5), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    ago_s=st.one_of(st.none(), st.integers(0, 200000)),
    lapses=st.lists(st.sampled_from([900, 3600]), max_size=2),
)
def test_next_due_is_the_first_moment_that_is_due(*, schedule, start, zone, now, ago_s, lapses):
    light = LightSchedule(start=start, zone=zone, hours=14)
    last = None if ago_s is None else now - timedelta(seconds=ago_s)
    at = next_due_at(schedule, light, last_at=last, now=now, timelapse_s=lapses)
    assert at is not None
    assert at >= now
    assert due_capture(schedule, light, last_at=last, now=at, timelapse_s=lapses)
    if schedule.only_when_lit:
        assert is_lit(light, at)
    if at > now:
        assert due_capture(schedule, light, last_at=last, now=at - timedelta(seconds=1), timelapse_s=lapses) is None
        assert due_capture(schedule, light, last_at=last, now=now, timelapse_s=lapses) is None


def test_round_the_clock_quiet_has_no_next():
    assert next_due_at(HALF_HOURLY, LightSchedule(hours=0), last_at=None, now=NOON) is None
    silent = CaptureSchedule(only_when_lit=False, quiet_hours=("08:00-08:00",))
    assert next_due_at(silent, LIGHT, last_at=None, now=NOON) is None


@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        (CaptureSchedule(interval_s=1), "interval_s"),
        (CaptureSchedule(quiet_hours=("25:00-07:00",)), "quiet_hours"),
        (CaptureSchedule(quiet_hours=("22:00",)), "quiet_hours"),
    ],
)
def test_senseless_schedules_are_refused_by_name(schedule, field):
    with pytest.raises(RefusedError) as refusal:
        check_capture_schedule(schedule)
    assert refusal.value.field == field
