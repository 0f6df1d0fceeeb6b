"""Light schedule: photoperiods that start by the wall clock and last elapsed hours.

A photoperiod of 16 h is 16 h on clock-change nights too, and may cross midnight. A start that does not exist (the hour
the clock skips in spring) comes as long after midnight as it would on any other day; one that exists twice counts once,
the first time. Where one photoperiod meets or overlaps the next there is neither a dip nor a gap between them, and 24 h
mean always on, also in the night that has 25.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import lamp
from sproutcast_pi.messages.message import Message

DAY = timedelta(days=1)
MAX_HOURS = 24.0
MAX_RAMP_MIN = 240.0
"""Longest sunrise or sunset, in minutes."""
MAX_PPFD = 5000.0
"""umol/m2/s; full sun is about 2000."""
START_PATTERN = r"^([01]\d|2[0-3]):[0-5]\d$"
_RANGES = {
    "hours": (MAX_HOURS, " hours"),
    "sunrise_min": (MAX_RAMP_MIN, " minutes"),
    "sunset_min": (MAX_RAMP_MIN, " minutes"),
    "level": (1.0, ""),
    "max_hours_per_day": (MAX_HOURS, " hours"),
    "ppfd_full": (MAX_PPFD, " umol/m2/s"),
}
_ROUNDING_H = 1e-9


class LightSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """Daily schedule of a grow light; validated by `check_schedule`."""

    enabled: bool = True
    start: str = "06:00"
    """Wall clock in `zone`, HH:MM."""
    hours: float = 16.0
    """Elapsed hours from start to end, ramps included."""
    sunrise_min: float = 30.0
    sunset_min: float = 30.0
    level: float = 1.0
    """Output between the ramps, 0 to 1."""
    max_hours_per_day: float = 18.0
    """Maximum lit hours in any rolling 24 h, overrides included."""
    ppfd_full: float | None = None
    """umol/m2/s at the canopy at full level; None: unknown."""
    zone: str = "UTC"
    """IANA name, `Europe/Berlin`."""
    dimmable: bool = True
    """False for a relay: no ramps, and any level above 0 is full."""


class Photoperiod(msgspec.Struct, frozen=True):
    """One photoperiod, ramps included, in UTC."""

    day: date
    start_at: datetime
    end_at: datetime
    continues_previous: bool = False
    """Whether the previous photoperiod lasts until its start: no sunrise."""
    continues_next: bool = False
    """Whether it lasts until the next one's start: no sunset."""


class ScheduleFault(msgspec.Struct, frozen=True, kw_only=True):
    """A violated rule of a schedule."""

    fields: tuple[str, ...]
    """Invalid fields, the decisive one first; more than one if fields contradict each other."""
    message: Message
    """Error message that begins with the first field."""


def check_schedule(schedule: LightSchedule, changed: Collection[str] | None = None) -> LightSchedule:
    """Return `schedule` if it is valid; raises RefusedError naming field, value and rule.

    The only check of a schedule: configuration, reducers, the stored row and the light's state file use it.
    `changed`: only faults that involve these fields count, so that a row from before this check can still be switched
    off; None: all do.
    """
    for fault in schedule_faults(schedule):
        at_fault = [field for field in fault.fields if changed is None or field in changed]
        if at_fault:
            raise RefusedError(fault.message, field=at_fault[0])
    return schedule


def schedule_faults(schedule: LightSchedule) -> Iterator[ScheduleFault]:
    """Yield every rule that `schedule` violates; contradictions only if each value by itself is in range."""
    broken = [field for field in msgspec.structs.asdict(schedule) if not _is_valid(field, getattr(schedule, field))]
    yield from (ScheduleFault(fields=(field,), message=_sentence(schedule, field)) for field in broken)
    if broken:
        return
    if schedule.max_hours_per_day < schedule.hours:
        yield ScheduleFault(
            fields=("max_hours_per_day", "hours"),
            message=lamp.LIMIT_BELOW_DAY(limit=schedule.max_hours_per_day, hours=schedule.hours),
        )
    if 0 < schedule.hours < MAX_HOURS and _ramp_hours(schedule) > schedule.hours + _ROUNDING_H:
        yield ScheduleFault(
            fields=("sunrise_min", "sunset_min", "hours"),
            message=lamp.RAMPS_TOO_LONG(sunrise=schedule.sunrise_min, sunset=schedule.sunset_min, hours=schedule.hours),
        )


def fit_schedule(schedule: LightSchedule, fallback: LightSchedule) -> LightSchedule:
    """Return the nearest valid schedule; `schedule` itself if it is valid.

    A value out of range is taken from `fallback`, which must be valid. The limit stays as it is: the day is shortened
    to it, and the ramps to the day.
    """
    values = {
        field: value if _is_valid(field, value) else getattr(fallback, field)
        for field, value in msgspec.structs.asdict(schedule).items()
    }
    fitted = LightSchedule(**values)
    hours = min(fitted.hours, fitted.max_hours_per_day)
    fitted = msgspec.structs.replace(fitted, hours=hours)
    ramps_h = _ramp_hours(fitted)
    if hours in {0.0, MAX_HOURS} or ramps_h <= hours + _ROUNDING_H:
        return fitted
    return msgspec.structs.replace(
        fitted, sunrise_min=fitted.sunrise_min * hours / ramps_h, sunset_min=fitted.sunset_min * hours / ramps_h
    )


def schedule_from_row(row: Mapping[str, Any], *, zone: str, dimmable: bool) -> LightSchedule:
    """Return the schedule in a row of the table `light`, unchecked; `zone` and `dimmable` come from the settings."""
    columns = ("start", "hours", "sunrise_min", "sunset_min", "level", "max_hours_per_day", "ppfd_full")
    return LightSchedule(
        enabled=bool(row["enabled"]), zone=zone, dimmable=dimmable, **{name: row[name] for name in columns}
    )


def photoperiods(schedule: LightSchedule, begin: datetime, end: datetime) -> Iterator[Photoperiod]:
    """Yield, in order, each photoperiod of which any part lies in [`begin`, `end`] (aware).

    Of 24 h each lasts until the next begins, also where that takes 25.
    """
    if schedule.hours <= 0:
        return
    zone = ZoneInfo(schedule.zone)
    lasting = timedelta(hours=schedule.hours)
    # A calendar may skip a day where the date line moved, so look one day further than 24 h need.
    first = begin.astimezone(zone).date() - 2 * DAY
    last = end.astimezone(zone).date() + DAY
    days = [first + number * DAY for number in range((last - first).days + 2)]
    starts = [_start_on(schedule, zone, day) for day in days]
    previous_end = starts[0] - DAY + lasting
    for day, (start_at, next_at) in zip(days, pairwise(starts), strict=False):
        if start_at == next_at:  # a day that the calendar skips
            continue
        end_at = start_at + lasting if schedule.hours < MAX_HOURS else max(start_at + lasting, next_at)
        if start_at <= end and end_at >= begin:
            yield Photoperiod(day, start_at, end_at, previous_end >= start_at, end_at >= next_at)
        previous_end = end_at


def photoperiod_day(schedule: LightSchedule, at: datetime) -> date:
    """Return the day of the last photoperiod begun by `at`: a lamp's day runs from start to start."""
    zone = ZoneInfo(schedule.zone)
    day = at.astimezone(zone).date() + DAY
    while _start_on(schedule, zone, day) > at:
        day -= DAY
    return day


def _start_on(schedule: LightSchedule, zone: ZoneInfo, day: date) -> datetime:
    return datetime.combine(day, time.fromisoformat(schedule.start), zone).astimezone(UTC)


def _ramp_hours(schedule: LightSchedule) -> float:
    return (schedule.sunrise_min + schedule.sunset_min) / 60


def _is_valid(field: str, value: Any) -> bool:
    """Whether a field's value by itself is valid, whatever its type."""
    if field == "start":
        return isinstance(value, str) and re.fullmatch(START_PATTERN, value, re.ASCII) is not None and value[-1] != "\n"
    if field == "zone":
        return is_zone(value)
    if field not in _RANGES:
        return isinstance(value, bool)
    if value is None:
        return field == "ppfd_full"
    return isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= _RANGES[field][0]


def is_zone(name: object) -> bool:
    """Whether `name` is a known IANA time zone."""
    if not isinstance(name, str):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _sentence(schedule: LightSchedule, field: str) -> Message:
    value = getattr(schedule, field)
    shown = f"{value:g}" if isinstance(value, int | float) else str(value)
    if field == "start":
        return lamp.NO_TIME_OF_DAY(value=shown)
    if field == "zone":
        return lamp.NO_TIME_ZONE(value=shown)
    if field not in _RANGES:
        return lamp.NO_SWITCH(field=field, value=shown)
    return lamp.OUT_OF_RANGE(field=field, value=shown, top=f"{_RANGES[field][0]:g}{_RANGES[field][1]}")
