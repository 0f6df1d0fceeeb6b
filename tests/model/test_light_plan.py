"""The light plan: ramps, midnight, who overrules whom, and clock changes in every zone of the world."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.light_dose import dose_mol, planned_dli
from sproutcast_pi.model.light_plan import Derate, Override, Ramp, day_curve, is_lit, planned_level, target_level
from sproutcast_pi.model.light_schedule import LightSchedule, check_schedule, photoperiod_day, photoperiods

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
PLAN = LightSchedule()
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
YEAR = [datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]


def at(hour, minute=0):
    return NOON.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("moment", "level", "reason", "next_at"),
    [
        (at(5, 59), 0.0, "off", at(6)),
        (at(6, 15), 0.5, "sunrise", at(6, 30)),
        (at(12), 1.0, "day", at(21, 30)),
        (at(21, 45), 0.5, "sunset", at(22)),
        (at(22), 0.0, "off", at(6) + timedelta(days=1)),
    ],
)
def test_a_day_has_sunrise_day_sunset_and_night(moment, level, reason, next_at):
    target = target_level(PLAN, moment)
    assert (target.level, target.reason, target.next_change_at) == (pytest.approx(level), reason, next_at)


def test_a_photoperiod_may_cross_midnight():
    night = LightSchedule(start="20:00", hours=12)
    assert target_level(night, at(3)).reason == "day"
    assert target_level(night, at(12)).reason == "off"
    assert photoperiod_day(night, at(3)) == at(3).date() - timedelta(days=1)


def test_a_relay_has_no_ramps_and_no_half_levels():
    relay = LightSchedule(dimmable=False, level=0.3)
    assert target_level(relay, at(6)).level == 1.0
    assert target_level(relay, at(21, 59)).level == 1.0
    assert target_level(relay, at(5, 59)).level == 0.0
    assert target_level(relay, NOON, derate=Derate(max_level=0.5)).level == 1.0
    assert target_level(relay, NOON, derate=Derate(max_level=0.0)).level == 0.0


def test_the_stronger_overrules_the_weaker():
    dark = Override(level=0.0, until_at=NOON + MINUTE, from_at=NOON - MINUTE)
    dim = Override(level=0.2, until_at=NOON + MINUTE, from_at=NOON - MINUTE)
    half = Derate(max_level=0.5)
    assert target_level(PLAN, NOON, override=dim).reason == "override"
    assert target_level(PLAN, NOON, override=dim, hold_level=0.8).level == 0.8
    assert target_level(PLAN, NOON, override=dark, hold_level=0.8).level == 0.0
    assert target_level(PLAN, NOON, hold_level=0.8, derate=half).reason == "derate"
    assert target_level(PLAN, NOON, override=dim, derate=half).level == 0.2
    assert target_level(PLAN, NOON, override=dim, derate=half, budget_spent=True).reason == "budget"
    assert target_level(PLAN, at(2), budget_spent=True).reason == "off"


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 300), st.integers(-400, 700))
def test_a_ramp_stays_between_its_ends_and_arrives(begin, end, seconds, moment_s):
    ramp = Ramp(from_level=begin, from_at=NOON, to_at=NOON + timedelta(seconds=seconds))
    override = Override(level=end, until_at=NOON + 12 * HOUR, ramp=ramp)
    level = override.level_at(NOON + timedelta(seconds=moment_s))
    assert min(begin, end) - 1e-9 <= level <= max(begin, end) + 1e-9
    if moment_s < 0 or moment_s >= seconds:
        assert level == end


def test_who_fades_to_darkness_is_not_dazzled_by_a_photograph():
    ramp = Ramp(from_level=0.6, from_at=NOON, to_at=NOON + MINUTE)
    fading = Override(level=0.0, until_at=NOON + 12 * HOUR, ramp=ramp)
    assert target_level(PLAN, NOON + MINUTE / 2, override=fading, hold_level=0.8).level == pytest.approx(0.3)


def test_a_disabled_plan_is_dark_but_obeys_a_person():
    off = LightSchedule(enabled=False)
    assert target_level(off, NOON).reason == "disabled"
    assert target_level(off, NOON, override=Override(level=1.0, until_at=NOON + MINUTE)).level == 1.0
    assert not is_lit(off, NOON)


@given(st.integers(-3 * 86400, 3 * 86400), st.integers(1, 86400))
def test_an_override_ends_by_itself_wherever_the_clock_jumps(jump_s, minutes_s):
    override = Override(level=0.0, from_at=NOON, until_at=NOON + timedelta(seconds=minutes_s))
    assert override.active_at(NOON + timedelta(seconds=jump_s)) == (0 <= jump_s < minutes_s)
    assert not Override(level=0.0, until_at=NOON).active_at(NOON - timedelta(days=2))


def test_untrusted_time_is_named_and_changes_no_level():
    target = target_level(PLAN, NOON, trusted=False)
    assert (target.level, target.reason, target.phase) == (1.0, "untrusted_time", "day")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("start", "24:00"),
        ("start", "6:00"),
        ("zone", "Mars/Olympus"),
        ("zone", "../etc/passwd"),
        ("hours", 25),
        ("hours", float("nan")),
        ("level", 1.5),
        ("sunrise_min", -1),
        ("sunrise_min", 700),
        ("max_hours_per_day", 12),
        ("ppfd_full", 1e9),
    ],
)
def test_a_senseless_value_is_refused_by_name(field, value):
    plan = LightSchedule(**{field: value}) if field != "sunrise_min" else LightSchedule(hours=8, **{field: value})
    with pytest.raises(RefusedError) as refusal:
        check_schedule(plan)
    assert refusal.value.field == field
    assert str(refusal.value).startswith(field)


def lit_minutes(plan, begin, end):
    """Minutes in which the plan burns, by asking it every minute."""
    moment, minutes = begin, 0
    while moment < end:
        minutes += target_level(plan, moment + MINUTE / 2).level > 0
        moment += MINUTE
    return minutes


def transitions(zone, year=YEAR):
    """The moments at which the zone's offset from UTC changes, found to the minute by halving."""
    found = []
    moment = year[0]
    while moment < year[1]:
        later = moment + timedelta(days=1)
        low, high = moment, later
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            while high - low > MINUTE:
                middle = low + (high - low) / 2
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high)
        moment = later
    return found


def exists(naive, zone):
    """Whether clocks in the zone ever showed this wall time."""
    return any(
        naive.replace(tzinfo=zone, fold=fold).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == naive
        for fold in (0, 1)
    )


def check_zone(name):
    """Around each clock change the plan burns its elapsed hours, from the start on the wall clock."""
    zone = zoneinfo.ZoneInfo(name)
    for change in transitions(zone):
        for start, hours in (("06:00", 16), ("20:00", 12), ("02:30", 10), (f"{change.astimezone(zone):%H:%M}", 8)):
            plan = LightSchedule(start=start, hours=hours, zone=name)
            for one in photoperiods(plan, change - timedelta(hours=20), change + timedelta(hours=20)):
                assert one.end_at - one.start_at == timedelta(hours=hours)
                local = datetime.fromisoformat(f"{one.day}T{start}")
                wall = one.start_at.astimezone(zone)
                assert wall.replace(tzinfo=None) == local or not exists(local, zone), (name, start, wall)
                assert wall.fold == 0 or not exists(local, zone), "a start that exists twice counts the first time"
                lit = [
                    target_level(plan, one.start_at + timedelta(seconds=s)).level > 0
                    for s in (-30, 30, hours * 3600 - 30, hours * 3600 + 30)
                ]
                assert lit == [False, True, True, False], (name, start, one, lit)


SAMPLED = [
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "Asia/Gaza",
    "America/Santiago",
    "Antarctica/Troll",
    "Asia/Kathmandu",
]


@pytest.mark.parametrize("name", SAMPLED)
def test_the_photoperiod_keeps_its_length_over_clock_changes(name):
    check_zone(name)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_photoperiod_keeps_its_length_in_every_zone():
    for name in sorted(zoneinfo.available_timezones() - {"localtime"}):
        check_zone(name)


@pytest.mark.parametrize("day", [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)])
def test_lit_minutes_are_exact_over_a_clock_change(day):
    plan = LightSchedule(start="20:00", hours=12, zone="Europe/Berlin")
    noon = day.replace(hour=12)
    assert lit_minutes(plan, noon, noon + timedelta(days=1)) == 12 * 60


def test_a_start_that_exists_twice_counts_once_and_one_that_does_not_exist_still_comes():
    plan = LightSchedule(start="02:30", hours=4, zone="Europe/Berlin")
    twice = list(photoperiods(plan, datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)))
    assert [one.start_at for one in twice] == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
    skipped = list(photoperiods(plan, datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)))
    assert [one.start_at for one in skipped] == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]


def test_a_day_the_calendar_skipped_lights_once():
    plan = LightSchedule(start="06:00", hours=8, zone="Pacific/Apia")
    found = {
        one.start_at for one in photoperiods(plan, datetime(2011, 12, 29, tzinfo=UTC), datetime(2012, 1, 2, tzinfo=UTC))
    }
    gaps = [b - a for a, b in pairwise(sorted(found))]
    assert set(gaps) == {timedelta(hours=24)}


@given(
    st.builds(
        LightSchedule,
        start=st.times().map(lambda t: f"{t:%H:%M}"),
        hours=st.floats(2, 24),
        sunrise_min=st.just(0.0) | st.floats(0.02, 60),
        sunset_min=st.just(0.0) | st.floats(0.02, 60),
        level=st.floats(0, 1),
        max_hours_per_day=st.just(24.0),
        zone=st.sampled_from(SAMPLED),
        dimmable=st.booleans(),
    ),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
)
def test_any_plan_is_total_bounded_and_drawn_as_it_burns(plan, moment):
    check_schedule(plan)
    target = target_level(plan, moment)
    assert 0.0 <= target.level <= 1.0
    if plan.hours < 24:
        assert target.next_change_at is not None
        assert target.next_change_at > moment
    curve = day_curve(plan, moment, moment + timedelta(days=1))
    assert [corner[0] for corner in curve] == sorted(corner[0] for corner in curve)
    assert curve[0][1] == pytest.approx(planned_level(plan, moment), abs=1e-5)
    for (before, low), (after, high) in pairwise(curve):
        if after > before and plan.hours <= 20:
            middle = planned_level(plan, before + (after - before) / 2)
            assert middle == pytest.approx((low + high) / 2, abs=2e-4)


def test_the_dose_follows_from_the_lamp():
    assert dose_mol(200, 1.0, 16 * 3600) == pytest.approx(11.52)
    assert dose_mol(None, 1.0, 3600) is None
    plan = LightSchedule(ppfd_full=200, level=0.5)
    counted = sum(dose_mol(200, planned_level(plan, at(0) + s * MINUTE), 60) for s in range(1440))
    assert planned_dli(plan) == pytest.approx(counted, rel=1e-3)
    assert planned_dli(LightSchedule(ppfd_full=200, dimmable=False)) == pytest.approx(11.52)
