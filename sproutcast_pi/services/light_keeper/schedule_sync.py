"""Between the store's `light` row and the light keeper's values."""

from __future__ import annotations

import json
import logging
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from sproutcast_pi.config.settings import Settings
from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.light_plan import Override, Ramp
from sproutcast_pi.model.light_schedule import LightSchedule, check_schedule
from sproutcast_pi.model.timestamps import from_text
from sproutcast_pi.services.light_keeper import LightKeeper
from sproutcast_pi.services.live_rows import LiveRows
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.messages import Row

LOG = logging.getLogger(__name__)
LOCAL_TIME = Path("/etc/localtime")


def configured_schedule(settings: Settings) -> LightSchedule:
    """The schedule a fresh device begins with."""
    plan = settings.light.schedule
    return LightSchedule(
        start=plan.start,
        hours=plan.hours,
        sunrise_min=plan.sunrise_min,
        sunset_min=plan.sunset_min,
        level=plan.level,
        max_hours_per_day=max(plan.max_hours_per_day, plan.hours),
        ppfd_full=settings.light.ppfd_full or None,
        zone=zone_name(settings),
        dimmable=settings.light.kind == "pwm",
    )


def zone_name(settings: Settings, chosen: str | None = None) -> str:
    """The IANA zone in force: the owner's choice, else the configuration's, else the system's."""
    return chosen or settings.device.time_zone or system_zone()


def system_zone() -> str:
    """The zone the system is set to, from where /etc/localtime points; UTC when that says nothing."""
    name = str(LOCAL_TIME.resolve()).partition("/zoneinfo/")[2]
    try:
        ZoneInfo(name)
    except (ValueError, OSError):
        return "UTC"
    return name or "UTC"


def zone_of(schedule: LightSchedule) -> tzinfo:
    """The schedule's zone."""
    return ZoneInfo(schedule.zone)


def schedule_from_row(row: Row, settings: Settings, zone: str) -> LightSchedule:
    """The schedule a `light` row says."""
    return LightSchedule(
        enabled=bool(row["enabled"]),
        start=row["start"],
        hours=row["hours"],
        sunrise_min=row["sunrise_min"],
        sunset_min=row["sunset_min"],
        level=row["level"],
        max_hours_per_day=row["max_hours_per_day"],
        ppfd_full=row["ppfd_full"],
        zone=zone,
        dimmable=settings.light.kind == "pwm",
    )


def override_from_row(row: Row) -> Override | None:
    """The override a `light` row says."""
    if row["override_level"] is None or row["override_until_at"] is None:
        return None
    ramp = None
    if row["ramp_to_at"] is not None:
        ramp = Ramp(
            from_level=row["ramp_from_level"],
            from_at=from_text(row["ramp_from_at"]),
            to_at=from_text(row["ramp_to_at"]),
        )
    return Override(level=row["override_level"], until_at=from_text(row["override_until_at"]), ramp=ramp)


class ScheduleSync:
    """Hands every change of the schedule, the override or the time zone to the keeper."""

    def __init__(self, store: Store, keeper: LightKeeper, settings: Settings) -> None:
        self._keeper = keeper
        self._settings = settings
        self._schedule = configured_schedule(settings)
        self._applied: tuple[LightSchedule, Override | None] | None = None
        self._light: LiveRows | None = None
        self._zone: LiveRows | None = None
        self._light = LiveRows(store, "SELECT * FROM light", on_change=self._apply)
        self._zone = LiveRows(
            store, "SELECT * FROM setting WHERE name = 'time_zone'", key="name", on_change=self._apply
        )
        self._apply()

    def schedule(self) -> LightSchedule:
        """The schedule in force."""
        return self._schedule

    def close(self) -> None:
        """Follow no more."""
        for rows in (self._light, self._zone):
            if rows:
                rows.close()

    def _apply(self) -> None:
        if self._light is None or self._zone is None:
            return
        row, chosen = self._light.one(), self._zone.one()
        if row is None:
            return
        zone = zone_name(self._settings, json.loads(chosen["value"]) if chosen else None)
        try:
            schedule = check_schedule(schedule_from_row(row, self._settings, zone))
        except RefusedError as error:
            LOG.warning("the stored light schedule is not followed: %s", error)
            return
        given = (schedule, override_from_row(row))
        if given != self._applied:
            self._applied, self._schedule = given, schedule
            self._keeper.set_schedule(*given)


def schedule_arguments(schedule: LightSchedule) -> dict[str, object]:
    """A schedule as arguments of `set_light_schedule`; its zone is a setting, its dimming the lamp's."""
    plan = msgspec.structs.asdict(schedule)
    return {name: value for name, value in plan.items() if name not in {"zone", "dimmable"}}


def configured_schedule_arguments(settings: Settings) -> dict[str, object]:
    """The configuration's schedule as arguments of `set_light_schedule`."""
    plan = msgspec.structs.asdict(settings.light.schedule)
    plan["max_hours_per_day"] = max(plan["max_hours_per_day"], plan["hours"])
    return {**plan, "ppfd_full": settings.light.ppfd_full or None}
