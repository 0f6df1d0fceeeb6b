"""Target level of the lamp: a pure function of schedule, time, override, capture, derating and budget."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from sproutcast_pi.model.light_curve import ramp_share
from sproutcast_pi.model.light_schedule import DAY, LightSchedule, Photoperiod, photoperiods

MINUTE = timedelta(minutes=1)
Reason = Literal[
    "off",
    "sunrise",
    "day",
    "sunset",
    "override",
    "capture",
    "budget",
    "derate",
    "untrusted_time",
    "disabled",
]


class LightTarget(msgspec.Struct, frozen=True, kw_only=True):
    """Target of the output: level and reason."""

    level: float
    """0 to 1."""
    reason: Reason
    next_change_at: datetime | None
    """Next change of the phase if nothing else happens; within a ramp, its end. None: not foreseeable."""
    planned_level: float
    """Level of the schedule alone."""
    phase: Reason
    """Phase of the schedule: off, sunrise, day, sunset or disabled."""


class Ramp(msgspec.Struct, frozen=True, kw_only=True):
    """Linear ramp from `from_level` to an override's level."""

    from_level: float
    from_at: datetime
    to_at: datetime

    def level(self, end: float, at: datetime) -> float:
        """The level at `at` on the way to `end`; a clock set back before the ramp ends it too."""
        if not self.from_at <= at < self.to_at:
            return end
        share = (at - self.from_at) / (self.to_at - self.from_at)
        return self.from_level + share * (end - self.from_level)


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """Timed manual level."""

    level: float
    until_at: datetime
    from_at: datetime | None = None
    """When it was set; a clock set back before this ends it too."""
    ramp: Ramp | None = None
    """Ramp to the level; None: at once."""

    def level_at(self, at: datetime) -> float:
        """Level at a time, ramp included."""
        return self.level if self.ramp is None else self.ramp.level(self.level, at)

    def is_ramping(self, at: datetime) -> bool:
        """Whether the ramp is in progress."""
        return self.ramp is not None and self.ramp.from_at <= at < self.ramp.to_at

    def active_at(self, at: datetime) -> bool:
        """Whether the override is active at `at`; without `from_at` it lasts a day at most."""
        begin = self.until_at - DAY if self.from_at is None else self.from_at
        return begin <= at < self.until_at


class Derate(msgspec.Struct, frozen=True, kw_only=True):
    """Upper limit of the level during a fault."""

    max_level: float


def target_level(
    schedule: LightSchedule,
    at: datetime,
    *,
    trusted: bool = True,
    override: Override | None = None,
    hold_level: float | None = None,
    derate: Derate | None = None,
    budget_spent: bool = False,
) -> LightTarget:
    """Return the lamp's target at `at` (aware; an estimate if time is not `trusted`).

    From weakest to strongest: the schedule, a person's override, a capture's hold (`hold_level`; ignored while an
    override keeps the lamp off), the derating, the spent budget. Total: never raises for a checked schedule.
    """
    level, phase, next_change = _planned(schedule, at)
    reason: Reason = phase if trusted or phase == "disabled" else "untrusted_time"
    planned = level
    chosen_dark = False
    if override is not None and override.active_at(at):
        level, reason, next_change = override.level_at(at), "override", override.until_at
        chosen_dark = override.level <= 0
    if hold_level is not None and not chosen_dark:
        level, reason = hold_level, "capture"
    if not schedule.dimmable and level > 0:
        level = 1.0
    if derate is not None and level > derate.max_level and (schedule.dimmable or derate.max_level <= 0):
        level, reason = derate.max_level, "derate"
    if budget_spent and level > 0:
        level, reason, next_change = 0.0, "budget", None
    return LightTarget(
        level=min(max(level, 0.0), 1.0),
        reason=reason,
        next_change_at=next_change,
        planned_level=planned,
        phase=phase,
    )


def is_lit(schedule: LightSchedule, at: datetime) -> bool:
    """Whether the schedule is on at `at`, ramps included."""
    return schedule.enabled and any(one.start_at <= at < one.end_at for one in photoperiods(schedule, at, at))


def planned_level(schedule: LightSchedule, at: datetime) -> float:
    """Return the scheduled level at `at`, 0 to 1."""
    return _planned(schedule, at)[0]


def edges(schedule: LightSchedule, one: Photoperiod) -> tuple[datetime, ...]:
    """Return the times at which the level bends or jumps in photoperiod `one`, in order.

    Start and end of its sunrise, begin and end of its sunset; where it continues in a neighbour there is neither.
    """
    sunrise, sunset = _ramps(schedule, one)
    begin = () if one.continues_previous else (one.start_at, one.start_at + sunrise)
    end = () if one.continues_next else (one.end_at - sunset, one.end_at)
    return (*begin, *end)


def _planned(schedule: LightSchedule, at: datetime) -> tuple[float, Reason, datetime | None]:
    if not schedule.enabled:
        return 0.0, "disabled", None
    near = list(photoperiods(schedule, at, at + 3 * DAY))
    level, phase = max((_within(schedule, one, at) for one in near), default=(0.0, "off"), key=_brightest)
    coming = [edge for one in near for edge in edges(schedule, one) if edge > at]
    return level, phase, min(coming, default=None)


def _within(schedule: LightSchedule, one: Photoperiod, at: datetime) -> tuple[float, Reason]:
    """Level and phase of one photoperiod at `at`."""
    if not one.start_at <= at < one.end_at:
        return 0.0, "off"
    if not schedule.dimmable:
        return 1.0 if schedule.level > 0 else 0.0, "day"
    sunrise, sunset = _ramps(schedule, one)
    lasting = one.end_at - one.start_at
    share, phase = ramp_share(*((part / MINUTE) for part in (at - one.start_at, lasting, sunrise, sunset)))
    return share * schedule.level, phase


def _ramps(schedule: LightSchedule, one: Photoperiod) -> tuple[timedelta, timedelta]:
    """Durations of a photoperiod's sunrise and sunset; zero for a relay and where periods join."""
    none = timedelta(0)
    sunrise = timedelta(minutes=schedule.sunrise_min) if schedule.dimmable and not one.continues_previous else none
    sunset = timedelta(minutes=schedule.sunset_min) if schedule.dimmable and not one.continues_next else none
    return sunrise, sunset


def _brightest(found: tuple[float, Reason]) -> tuple[float, bool]:
    return found[0], found[1] != "off"


def day_curve(schedule: LightSchedule, begin: datetime, end: datetime) -> tuple[tuple[datetime, float], ...]:
    """Return the planned level from `begin` to `end` as corners (time, level) to join with straight lines.

    A switch without a ramp gives two corners at one time.
    """
    corners: list[tuple[datetime, float]] = [(begin, planned_level(schedule, begin))]
    for at in sorted(set(_edges_between(schedule, begin, end))):
        corners.append((at, planned_level(schedule, at - timedelta(microseconds=1))))
        corners.append((at, planned_level(schedule, at)))
    corners.append((end, planned_level(schedule, end - timedelta(microseconds=1))))
    return tuple(
        (at, round(level, 6))
        for place, (at, level) in enumerate(corners)
        if place == 0 or corners[place - 1] != (at, level)
    )


def _edges_between(schedule: LightSchedule, begin: datetime, end: datetime) -> Iterator[datetime]:
    if schedule.enabled:
        for one in photoperiods(schedule, begin, end):
            yield from (edge for edge in edges(schedule, one) if begin < edge < end)
