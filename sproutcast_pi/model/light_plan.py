"""What the lamp should do now: a pure function of schedule, time and the few things that may overrule it."""

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
    """What the output should be, and why."""

    level: float
    """0 to 1."""
    reason: Reason
    next_change_at: datetime | None
    """When the phase changes next if nothing else happens; within a ramp, its end. None: not foreseeable."""
    planned_level: float
    """What the schedule alone asks for."""
    phase: Reason
    """Where the schedule stands: off, sunrise, day, sunset or disabled."""


class Ramp(msgspec.Struct, frozen=True, kw_only=True):
    """The way to a level a person chose: straight, from `from_level` on."""

    from_level: float
    from_at: datetime
    to_at: datetime

    def level(self, end: float, moment: datetime) -> float:
        """The level at `moment` on the way to `end`; a clock set back before the ramp ends it too."""
        if not self.from_at <= moment < self.to_at:
            return end
        share = (moment - self.from_at) / (self.to_at - self.from_at)
        return self.from_level + share * (end - self.from_level)


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """A level a person chose; it ends by itself."""

    level: float
    until_at: datetime
    from_at: datetime | None = None
    """When it was chosen: a clock set back before this ends it too."""
    ramp: Ramp | None = None
    """How the level is reached; None: at once."""

    def level_at(self, moment: datetime) -> float:
        """Where the lamp is on its way to the level, and then the level."""
        return self.level if self.ramp is None else self.ramp.level(self.level, moment)

    def is_ramping(self, moment: datetime) -> bool:
        """Whether it is still on its way."""
        return self.ramp is not None and self.ramp.from_at <= moment < self.ramp.to_at

    def active_at(self, moment: datetime) -> bool:
        """Whether it is in force at `moment`; without `from_at` never for longer than a day."""
        begin = self.until_at - DAY if self.from_at is None else self.from_at
        return begin <= moment < self.until_at


class Derate(msgspec.Struct, frozen=True, kw_only=True):
    """The most the lamp may give while something is wrong."""

    max_level: float
    message: str


def target_level(
    schedule: LightSchedule,
    moment: datetime,
    *,
    trusted: bool = True,
    override: Override | None = None,
    hold_level: float | None = None,
    derate: Derate | None = None,
    budget_spent: bool = False,
) -> LightTarget:
    """Return what the lamp should do at `moment` (aware; the believed one when time is not `trusted`).

    From weakest to strongest: the schedule, a person's override, a capture's hold (`hold_level`; but nobody who chose
    darkness is dazzled by one), the derating, the spent budget. Total: it never raises for a checked schedule.
    """
    level, phase, next_change = _planned(schedule, moment)
    reason: Reason = phase if trusted or phase == "disabled" else "untrusted_time"
    planned = level
    chosen_dark = False
    if override is not None and override.active_at(moment):
        level, reason, next_change = override.level_at(moment), "override", override.until_at
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


def is_lit(schedule: LightSchedule, moment: datetime) -> bool:
    """Whether the schedule wants light at `moment`, ramps included."""
    return schedule.enabled and any(
        one.start_at <= moment < one.end_at for one in photoperiods(schedule, moment, moment)
    )


def planned_level(schedule: LightSchedule, moment: datetime) -> float:
    """Return the level the schedule alone asks for at `moment`, 0 to 1."""
    return _planned(schedule, moment)[0]


def edges(schedule: LightSchedule, one: Photoperiod) -> tuple[datetime, ...]:
    """Return the moments at which the level bends or jumps in photoperiod `one`, in order.

    Start and end of its sunrise, begin and end of its sunset; where it continues in a neighbour there is neither.
    """
    sunrise, sunset = _ramps(schedule, one)
    begin = () if one.continues_previous else (one.start_at, one.start_at + sunrise)
    end = () if one.continues_next else (one.end_at - sunset, one.end_at)
    return (*begin, *end)


def _planned(schedule: LightSchedule, moment: datetime) -> tuple[float, Reason, datetime | None]:
    if not schedule.enabled:
        return 0.0, "disabled", None
    near = list(photoperiods(schedule, moment, moment + 3 * DAY))
    level, phase = max((_within(schedule, one, moment) for one in near), default=(0.0, "off"), key=_brightest)
    coming = [edge for one in near for edge in edges(schedule, one) if edge > moment]
    return level, phase, min(coming, default=None)


def _within(schedule: LightSchedule, one: Photoperiod, moment: datetime) -> tuple[float, Reason]:
    """Level and phase of one photoperiod at `moment`."""
    if not one.start_at <= moment < one.end_at:
        return 0.0, "off"
    if not schedule.dimmable:
        return 1.0 if schedule.level > 0 else 0.0, "day"
    sunrise, sunset = _ramps(schedule, one)
    lasting = one.end_at - one.start_at
    share, phase = ramp_share(*((part / MINUTE) for part in (moment - one.start_at, lasting, sunrise, sunset)))
    return share * schedule.level, phase


def _ramps(schedule: LightSchedule, one: Photoperiod) -> tuple[timedelta, timedelta]:
    """How long sunrise and sunset of a photoperiod take; none for a relay, nor where the light goes on."""
    none = timedelta(0)
    sunrise = timedelta(minutes=schedule.sunrise_min) if schedule.dimmable and not one.continues_previous else none
    sunset = timedelta(minutes=schedule.sunset_min) if schedule.dimmable and not one.continues_next else none
    return sunrise, sunset


def _brightest(found: tuple[float, Reason]) -> tuple[float, bool]:
    return found[0], found[1] != "off"


def day_curve(schedule: LightSchedule, begin: datetime, end: datetime) -> tuple[tuple[datetime, float], ...]:
    """Return the planned level from `begin` to `end` as corners (moment, level) to join with straight lines.

    Where the lamp switches without a ramp there are two corners at one moment.
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
