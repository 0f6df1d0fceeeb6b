"""The one check of a light schedule, what is followed of one that fails it, and days that touch."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.light_budget import LightLedger, advance
from sproutcast_pi.model.light_dose import planned_dli
from sproutcast_pi.model.light_plan import target_level
from sproutcast_pi.model.light_schedule import (
    LightSchedule,
    check_schedule,
    fit_schedule,
    schedule_faults,
)

BERLIN = "Europe/Berlin"
ODD = st.floats(-1, 400) | st.sampled_from([float("nan"), float("inf"), -0.0, 24.0, None, "12", "\ud800"])
SCHEDULES = st.builds(
    LightSchedule,
    enabled=st.booleans() | ODD,
    start=st.sampled_from(
        ["06:00", "00:00", "23:59", "24:00", "6:00", "06:00\n", "\u0660\u0666:\u0660\u0660", "", None]
    ),
    hours=st.floats(0, 24) | ODD,
    sunrise_min=st.floats(0, 240) | ODD,
    sunset_min=st.floats(0, 240) | ODD,
    level=st.floats(0, 1) | ODD,
    max_hours_per_day=st.floats(0, 24) | ODD,
    ppfd_full=st.none() | ODD,
    zone=st.sampled_from([BERLIN, "UTC", "Mars/Olympus", "", "../etc/passwd", None, "a\0b"]),
    dimmable=st.booleans(),
)


@given(SCHEDULES)
def test_whatever_is_stored_something_can_be_followed_and_the_limit_holds(schedule):
    fitted = fit_schedule(schedule, LightSchedule(max_hours_per_day=5.0, hours=5.0))
    check_schedule(fitted)
    limit = schedule.max_hours_per_day
    if isinstance(limit, int | float) and 0 <= limit <= 24:
        assert fitted.max_hours_per_day == limit
    else:
        assert fitted.max_hours_per_day == 5.0
    if not list(schedule_faults(schedule)):
        assert fitted == schedule


@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        ({"max_hours_per_day": 12.0}, "max_hours_per_day"),
        ({"max_hours_per_day": 0.0}, "max_hours_per_day"),
        ({"hours": 20.0}, "max_hours_per_day"),
        ({"hours": 20.0, "enabled": False}, "max_hours_per_day"),
        ({"hours": 0.5}, "sunrise_min"),
        ({"hours": 1.0, "sunset_min": 60.0}, "sunrise_min"),
        ({"ppfd_full": 5001.0}, "ppfd_full"),
        ({"sunrise_min": 241.0}, "sunrise_min"),
    ],
)
def test_what_contradicts_itself_is_refused_with_both_values_named(schedule, field):
    with pytest.raises(RefusedError) as refusal:
        check_schedule(LightSchedule(**schedule))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "schedule", [{"hours": 0.0}, {"hours": 24.0, "max_hours_per_day": 24.0, "sunrise_min": 240.0}, {"ppfd_full": 4000}]
)
def test_what_makes_sense_passes(schedule):
    check_schedule(LightSchedule(**schedule))


def test_a_change_is_refused_only_for_what_it_is_about():
    old = LightSchedule(hours=20.0, max_hours_per_day=18.0, enabled=False)
    check_schedule(old, changed={"enabled", "level"})
    with pytest.raises(RefusedError) as refusal:
        check_schedule(old, changed={"hours"})
    assert refusal.value.field == "hours"


CLOCK_CHANGES = [
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2026, 6, 24, tzinfo=UTC),
]


def levels(schedule, around):
    times = [around + timedelta(minutes=minute) for minute in range(-2880, 2880)]
    return [target_level(schedule, moment).level for moment in times]


@pytest.mark.parametrize("around", CLOCK_CHANGES)
@pytest.mark.parametrize("ramps", [0.0, 30.0, 240.0])
@pytest.mark.parametrize("dimmable", [True, False])
@pytest.mark.parametrize("start", ["06:00", "02:30", "00:00"])
def test_a_day_of_24_hours_is_always_on_over_both_clock_changes(around, ramps, dimmable, start):
    schedule = LightSchedule(
        start=start,
        hours=24,
        max_hours_per_day=24,
        sunrise_min=ramps,
        sunset_min=ramps,
        level=0.7,
        zone=BERLIN,
        dimmable=dimmable,
    )
    assert set(levels(schedule, around)) == {0.7 if dimmable else 1.0}
    assert target_level(schedule, around).next_change_at is None


@pytest.mark.parametrize("hours", [23.0, 23.5])
def test_days_that_touch_or_overlap_in_spring_have_no_dip_between_them(hours):
    """The day of 23 hours: where the light of one day reaches the next it goes on at its full level."""
    schedule = LightSchedule(start="06:00", hours=hours, max_hours_per_day=24, zone=BERLIN)
    joint = datetime(2026, 3, 29, 4, tzinfo=UTC)
    around = [target_level(schedule, joint + timedelta(minutes=minute)).level for minute in range(-120, 121)]
    assert set(around) == {1.0}
    later = [target_level(schedule, joint + timedelta(days=1, minutes=minute)).level for minute in range(-120, 121)]
    assert min(later) == 0.0


def test_the_dose_of_a_light_that_is_always_on_has_no_ramps():
    always = LightSchedule(hours=24, max_hours_per_day=24, ppfd_full=100)
    assert planned_dli(always) == pytest.approx(8.64)
    assert planned_dli(msgspec.structs.replace(always, hours=0)) == 0.0


@given(st.floats(0, 1e-9) | st.just(0.0), st.booleans())
def test_a_limit_of_nothing_is_spent_at_once(limit_s, lit):
    ledger = LightLedger()
    for _ in range(3):
        ledger = advance(ledger, 1.0, lit=lit, limit_s=0.0 if limit_s < 1e-12 else limit_s)
        assert ledger.spent or (limit_s >= 1e-12 and not lit)
