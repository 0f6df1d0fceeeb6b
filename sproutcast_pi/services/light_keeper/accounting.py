"""What the keeper writes down about the lamp: every change at once, ramps in steps, the account every 5 minutes."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sproutcast_pi.model.light_budget import LightLedger, left_s, reserve
from sproutcast_pi.model.light_dose import dose_mol
from sproutcast_pi.model.light_plan import LightTarget, Override
from sproutcast_pi.model.light_schedule import LightSchedule, photoperiod_day

SAVE_EVERY_S = 300.0
"""How often the lamp's account is saved while it burns: a few kB each, 2 MB in a day of 16 h."""
RESERVE_S = SAVE_EVERY_S + 60.0
"""After a crash the lamp counts as having burned this long since the last save."""
RAMP_STEP = 0.02
"""Ramps are written down in steps of 2 %; the lamp itself follows them exactly."""


class LightState(msgspec.Struct, frozen=True, kw_only=True):
    """All the keeper needs to go on after a restart, before the store is open or without it."""

    schedule: LightSchedule
    override: Override | None = None
    ledger: LightLedger = LightLedger()
    day_on: str = ""
    on_seconds: float = 0.0
    dli_mol: float | None = None
    at: datetime | None = None
    """When this was remembered."""


class LightReport(msgspec.Struct, frozen=True, kw_only=True):
    """How the lamp stands."""

    at: datetime
    level: float
    reason: str
    next_change_at: datetime | None
    budget_left_s: float
    memory: LightState


class LightAccount:
    """Sums up the lamp's day and decides when there is something to write."""

    def __init__(self, memory: LightState) -> None:
        self._day_on = memory.day_on
        self._on_seconds = memory.on_seconds
        self._dli_mol = memory.dli_mol
        self._last_report: tuple[float, str, datetime | None] | None = None
        self._unsaved_s = 0.0

    def add_elapsed(self, schedule: LightSchedule, at: datetime, level: float, seconds: float) -> None:
        """The lamp has been at `level` for the `seconds` before `at`."""
        day_on = photoperiod_day(schedule, at).isoformat()
        if day_on != self._day_on:
            self._day_on, self._on_seconds, self._dli_mol = day_on, 0.0, dose_mol(schedule.ppfd_full, 0.0, 0.0)
        if level > 0:
            self._on_seconds += seconds
            self._unsaved_s += seconds
            dose = dose_mol(schedule.ppfd_full, level, seconds)
            self._dli_mol = None if dose is None else (self._dli_mol or 0.0) + dose

    def next_report(
        self, at: datetime, target: LightTarget, schedule: LightSchedule, override: Override | None, ledger: LightLedger
    ) -> LightReport | None:
        """What to write now, or None when nothing worth a write has happened."""
        level = target.level
        ramping = override is not None and target.reason == "override" and override.is_ramping(at)
        if (ramping or target.reason in {"sunrise", "sunset", "untrusted_time"}) and 0 < level < 1:
            level = max(RAMP_STEP, round(level / RAMP_STEP) * RAMP_STEP)
        now = (round(level, 4), target.reason, target.next_change_at)
        if now == self._last_report and self._unsaved_s < SAVE_EVERY_S:
            return None
        self._last_report, self._unsaved_s = now, 0.0
        rounded = msgspec.structs.replace(target, level=now[0])
        return self.current_report(at, rounded, schedule, override, reserve(ledger, RESERVE_S))

    def current_report(
        self, at: datetime, target: LightTarget, schedule: LightSchedule, override: Override | None, ledger: LightLedger
    ) -> LightReport:
        """How the lamp stands, for the record."""
        return LightReport(
            at=at,
            level=target.level,
            reason=target.reason,
            next_change_at=target.next_change_at,
            budget_left_s=round(left_s(ledger, schedule.max_hours_per_day * 3600), 3),
            memory=LightState(
                schedule=schedule,
                override=override,
                ledger=ledger,
                day_on=self._day_on,
                on_seconds=round(self._on_seconds, 3),
                dli_mol=None if self._dli_mol is None else round(self._dli_mol, 6),
                at=at,
            ),
        )
