"""The grow light: its schedule, overrides, and what the light keeper reports."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from sproutcast_pi.messages.areas import rules
from sproutcast_pi.messages.marking import _
from sproutcast_pi.model.light_schedule import (
    MAX_HOURS,
    MAX_PPFD,
    MAX_RAMP_MIN,
    check_schedule,
    schedule_from_row,
)
from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.store.arguments import Day, Line, Moment, Share, WallTime, meaning
from sproutcast_pi.store.callers import require_role
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import existing, moment, real_day, update_row
from sproutcast_pi.store.tables import Light, LightChange, LightDay

Hours = Annotated[float, Meta(ge=0.0, le=MAX_HOURS, **meaning(rules.HOURS(high=MAX_HOURS)))]
Minutes = Annotated[float, Meta(ge=0.0, le=MAX_RAMP_MIN, **meaning(rules.MINUTES(high=MAX_RAMP_MIN)))]
Ppfd = Annotated[float, Meta(gt=0.0, le=MAX_PPFD, **meaning(rules.PPFD(high=MAX_PPFD)))]
Transition = Annotated[float, Meta(ge=0.0, le=300.0, description=_("0 to 300 seconds"))]
_NO_RAMP = {"ramp_from_level": None, "ramp_from_at": None, "ramp_to_at": None}
_NO_OVERRIDE = {"override_level": None, "override_until_at": None, **_NO_RAMP}
Seconds = Annotated[float, Meta(ge=0.0, le=1e9)]


@reducer(role="carer")
def set_light_schedule(
    ctx: Context,
    *,
    enabled: bool | UnsetType = UNSET,
    start: WallTime | UnsetType = UNSET,
    hours: Hours | UnsetType = UNSET,
    sunrise_min: Minutes | UnsetType = UNSET,
    sunset_min: Minutes | UnsetType = UNSET,
    level: Share | UnsetType = UNSET,
    max_hours_per_day: Hours | UnsetType = UNSET,
    ppfd_full: Ppfd | UnsetType | None = UNSET,
) -> None:
    """Change what is given of the light's schedule, if the whole schedule can then be followed."""
    light = existing(Light, 1, "light")
    if isinstance(max_hours_per_day, float) and max_hours_per_day > light.max_hours_per_day:
        require_role("raising max_hours_per_day", ctx.caller, "owner")
    given = {
        "enabled": UNSET if isinstance(enabled, UnsetType) else int(enabled),
        "start": start,
        "hours": hours,
        "sunrise_min": sunrise_min,
        "sunset_min": sunset_min,
        "level": level,
        "max_hours_per_day": max_hours_per_day,
        "ppfd_full": ppfd_full,
    }
    values = {name: value for name, value in given.items() if value is not UNSET}
    if not update_row(light, **values):
        return
    check_schedule(schedule_from_row(light.__data__, zone="UTC", dimmable=True), changed=values)
    update_row(light, updated_at=ctx.at)


@reducer(role="carer")
def override_light(
    ctx: Context,
    *,
    level: Share,
    minutes: Annotated[float, Meta(gt=0.0, le=1440.0, description=_("up to 1440 minutes, a day"))],
    transition_s: Transition = 0.0,
) -> None:
    """Hold the light at `level` for so long, whatever the schedule says; `transition_s`: how long it takes there."""
    light = existing(Light, 1, "light")
    ramp = {
        "ramp_from_level": light.now_level,
        "ramp_from_at": ctx.at,
        "ramp_to_at": to_text(ctx.now + timedelta(seconds=transition_s)),
    }
    until = to_text(ctx.now + timedelta(minutes=minutes))
    chosen = {"override_level": level, "override_until_at": until, **(ramp if transition_s else _NO_RAMP)}
    update_row(light, **chosen, updated_at=ctx.at)


@reducer(role="carer")
def clear_light_override(ctx: Context) -> None:
    """Go back to the schedule."""
    light = existing(Light, 1, "light")
    if light.override_until_at is not None:
        update_row(light, **_NO_OVERRIDE, updated_at=ctx.at)


@reducer(role="internal")
def record_light(
    ctx: Context,
    *,
    level: Share,
    reason: Line,
    next_change_at: Moment | None = None,
    on_seconds_today: Seconds = 0.0,
    dli_today: Annotated[float, Meta(ge=0.0, le=1e6)] | None = None,
    budget_left_s: Seconds | None = None,
    day_on: Day | None = None,
    at: Moment | None = None,
    override_over: bool = False,
) -> None:
    """What the light does now; a change of level or reason goes into its history, `day_on` into its days."""
    light = existing(Light, 1, "light")
    when = ctx.at if at is None else to_text(moment(at, "at"))
    if light.now_level != level or light.now_reason != reason:
        LightChange.create(at=when, level=level, reason=reason)
    over = override_over or _is_over(light.override_until_at, ctx.now)
    ended = _NO_OVERRIDE if over else {}
    report = {
        "now_level": level,
        "now_reason": reason,
        "next_change_at": None if next_change_at is None else to_text(moment(next_change_at, "next_change_at")),
        "on_seconds_today": on_seconds_today,
        "dli_today": dli_today,
        "budget_left_s": budget_left_s,
    }
    if update_row(light, **report, **ended):
        update_row(light, updated_at=ctx.at)
    if day_on is not None:
        _record_day(real_day(day_on, "day_on"), on_seconds_today, dli_today)


def _is_over(until_at: str | None, now: datetime) -> bool:
    """Whether an override has ended; one whose end nobody can read has."""
    try:
        return until_at is not None and from_text(until_at) <= now
    except ValueError:
        return True


def _record_day(day_on: str, on_seconds: float, dli_mol: float | None) -> None:
    day = LightDay.find(day_on=day_on)
    if day is None:
        LightDay.create(day_on=day_on, on_seconds=on_seconds, dli_mol=dli_mol)
    else:
        update_row(day, on_seconds=on_seconds, dli_mol=dli_mol)
