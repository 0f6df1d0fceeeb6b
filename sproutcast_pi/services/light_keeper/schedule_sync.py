"""Applies the store's `light` row to the light keeper: schedule, override and time zone."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import msgspec

from sproutcast_pi.config.light_schedule import configured_schedule
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.messages.areas import lamp
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.light_plan import Override, Ramp
from sproutcast_pi.model.light_schedule import (
    LightSchedule,
    fit_schedule,
    is_zone,
    schedule_faults,
    schedule_from_row,
)
from sproutcast_pi.model.timestamps import from_text
from sproutcast_pi.services.light_keeper.keeper import LightKeeper
from sproutcast_pi.services.live_rows import LiveRows
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.messages import Row
from sproutcast_pi.system_zone import system_zone

LOG = logging.getLogger(__name__)


def initial_schedule(settings: Settings) -> LightSchedule:
    """The schedule a fresh device begins with, in the zone in force; valid, since settings are."""
    return configured_schedule(settings.light, zone_in_force(settings))


def zone_in_force(settings: Settings, chosen: object = None) -> str:
    """The IANA zone in force: the owner's choice where it is one, else the configuration's, else the system's."""
    for zone in (chosen, settings.device.time_zone):
        if isinstance(zone, str) and zone and is_zone(zone):
            return zone
    return system_zone()


def override_from_row(row: Row) -> Override | None:
    """The override in a `light` row; raises ValueError when its moments are not readable."""
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
    """Subscription to the `light` row and the time zone that keeps the light keeper on them.

    A row that can't be followed, as an older version or a restored copy may hold, is fitted: its limit stays, an
    override applies in any case, and `report_fault` gets a sentence (None: the row is followed as it is). It may not
    block, for it runs on the store's writer thread.
    """

    def __init__(
        self, store: Store, keeper: LightKeeper, settings: Settings, report_fault: Callable[[Message | None], None]
    ) -> None:
        self._keeper = keeper
        self._settings = settings
        self._report_fault = report_fault
        self._schedule = initial_schedule(settings)
        self._applied: tuple[LightSchedule, Override | None] | None = None
        self._fault: Message | None = None
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
        """End the subscriptions."""
        for rows in (self._light, self._zone):
            if rows:
                rows.close()

    def _apply(self) -> None:
        if self._light is None or self._zone is None:
            return
        row, chosen = self._light.one(), self._zone.one()
        if row is None:
            return
        stored = schedule_from_row(
            row,
            zone=zone_in_force(self._settings, _decoded(chosen["value"]) if chosen else None),
            dimmable=self._settings.light.kind == "pwm",
        )
        schedule = fit_schedule(stored, self._schedule)
        faults = [fault.message for fault in schedule_faults(stored)]
        try:
            override = override_from_row(row)
        except (TypeError, ValueError) as error:
            override = None
            faults.append(lamp.OVERRIDE_UNREADABLE(reason=str(error)))
        self._set_fault(faults, schedule)
        if (schedule, override) != self._applied:
            self._applied, self._schedule = (schedule, override), schedule
            self._keeper.set_schedule(schedule, override)

    def _set_fault(self, faults: list[Message], schedule: LightSchedule) -> None:
        message = None
        if faults:
            message = lamp.NOT_FOLLOWED(
                fault=sentences(*faults),
                hours=schedule.hours,
                start=schedule.start,
                limit=schedule.max_hours_per_day,
            )
        if message != self._fault:
            self._fault = message
            if message is not None:
                LOG.warning("%s", english(message))
            self._report_fault(message)


def _decoded(value: object) -> object:
    try:
        return json.loads(str(value))
    except ValueError:
        return None


def store_first_schedule(store: Store, keeper: LightKeeper, settings: Settings, *, fresh: bool) -> None:
    """Write the schedule that a fresh store, or one restored from a backup, begins with; raises RefusedError."""
    if store.opened.trouble is not None:
        # The keeper's own state file is newer than any backup.
        store.call("set_light_schedule", schedule_arguments(keeper.schedule_and_override[0]), caller=INTERNAL)
    elif fresh:
        store.call("set_light_schedule", schedule_arguments(initial_schedule(settings)), caller=INTERNAL)


def schedule_arguments(schedule: LightSchedule) -> dict[str, object]:
    """A schedule as arguments of `set_light_schedule`; its zone is a setting, its dimming the lamp's."""
    plan = msgspec.structs.asdict(schedule)
    return {name: value for name, value in plan.items() if name not in {"zone", "dimmable"}}
