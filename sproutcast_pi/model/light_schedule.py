"""When the lamp should burn: photoperiods that start by the wall clock and last by elapsed hours.

A photoperiod of 16 h is 16 h on clock-change nights too, and may cross midnight. A start that does not exist (the hour
the clock skips in spring) comes as long after midnight as it would on any other day; one that exists twice counts once,
the first time. Where a long photoperiod runs into the next day's, the two are one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from sproutcast_pi.errors import RefusedError

DAY = timedelta(days=1)
MAX_PPFD = 3000.0
"""umol/m2/s; full sun is about 2000."""


class LightSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """The owner's wish for the lamp; `check` says whether it makes sense."""

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
    """Most hours the lamp may burn in any rolling 24 h, whatever else is wished."""
    ppfd_full: float | None = None
    """umol/m2/s at the canopy at full level; None: unknown."""
    zone: str = "UTC"
    """IANA name, `Europe/Berlin`."""
    dimmable: bool = True
    """False for a relay: no ramps, and any level above 0 is full."""


class Photoperiod(msgspec.Struct, frozen=True):
    """One day's light, from the first glimmer to dark, in UTC."""

    day: date
    start_at: datetime
    end_at: datetime


def check_schedule(schedule: LightSchedule) -> LightSchedule:
    """Return `schedule` when every value makes sense; raises RefusedError naming field, value and rule."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", schedule.start):
        raise RefusedError(f'start: "{schedule.start}" is not a time of day such as "06:00"', field="start")
    try:
        ZoneInfo(schedule.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RefusedError(
            f'zone: "{schedule.zone}" is not a time zone such as "Europe/Berlin"', field="zone"
        ) from None
    for field, top, unit in (
        ("hours", 24.0, " hours"),
        ("sunrise_min", 720.0, " minutes"),
        ("sunset_min", 720.0, " minutes"),
        ("level", 1.0, ""),
        ("max_hours_per_day", 24.0, " hours"),
    ):
        _in_range(field, getattr(schedule, field), top, unit)
    if schedule.ppfd_full is not None:
        _in_range("ppfd_full", schedule.ppfd_full, MAX_PPFD, " umol/m2/s")
    ramps_h = (schedule.sunrise_min + schedule.sunset_min) / 60
    if ramps_h > schedule.hours:
        raise RefusedError(
            f"sunrise_min: sunrise and sunset together, {ramps_h:g} h, must fit into hours, {schedule.hours:g}",
            field="sunrise_min",
        )
    if schedule.enabled and schedule.max_hours_per_day < schedule.hours:
        raise RefusedError(
            f"max_hours_per_day: {schedule.max_hours_per_day:g} must be at least hours, {schedule.hours:g}",
            field="max_hours_per_day",
        )
    return schedule


def photoperiods(schedule: LightSchedule, begin: datetime, end: datetime) -> Iterator[Photoperiod]:
    """Yield, in order, each photoperiod of which any part lies in [`begin`, `end`] (aware moments)."""
    zone = ZoneInfo(schedule.zone)
    hour, minute = (int(part) for part in schedule.start.split(":"))
    lasting = timedelta(hours=schedule.hours)
    # A calendar may skip a day where the date line moved, so look one day further than 24 h need.
    day = begin.astimezone(zone).date() - 2 * DAY
    last = end.astimezone(zone).date() + DAY
    while day <= last:
        start_at = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
        if start_at <= end and start_at + lasting >= begin and lasting:
            yield Photoperiod(day, start_at, start_at + lasting)
        day += DAY


def photoperiod_day(schedule: LightSchedule, moment: datetime) -> date:
    """Return the day whose photoperiod began last at `moment`: a lamp's day runs from start to start."""
    zone = ZoneInfo(schedule.zone)
    hour, minute = (int(part) for part in schedule.start.split(":"))
    day = moment.astimezone(zone).date() + DAY
    while datetime.combine(day, time(hour, minute), zone).astimezone(UTC) > moment:
        day -= DAY
    return day


def _in_range(field: str, value: float, top: float, unit: str) -> None:
    if not (math.isfinite(value) and 0 <= value <= top):
        raise RefusedError(f"{field}: {value:g} must be 0 to {top:g}{unit}", field=field)
