"""Control loop of the lamp. It waits for nothing: not for disk, camera, network or screen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from sproutcast_pi.messages.areas import lamp
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.derating import DerateState, next_derate
from sproutcast_pi.model.light_budget import advance, restore
from sproutcast_pi.model.light_plan import LightTarget, Override, target_level
from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.ports import Board, Clock, LightDriver
from sproutcast_pi.services.light_keeper.accounting import LightAccount, LightReport, LightState
from sproutcast_pi.services.service_loop import keep_going

LOG = logging.getLogger(__name__)
TICK_S = 1.0
MAX_HOLD_S = 120.0
"""A capture's hold ends by itself after this long, whatever became of the capture."""
BOARD_INTERVAL_S = 5.0
MAX_FAILED_TICKS = 30
"""Ticks in a row that may fail before the loop ends: the process then releases the lamp and is started again."""
RAMP_TICKS_PER_TICK = 10
"""Ticks for each ordinary one during a person's transition, so that the eye sees no steps."""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A level a capture asked for, until this monotonic second."""

    level: float
    until_s: float


class LightKeeper:
    """Owner of the lamp's output. `report` gets what is to be recorded and must return at once; so must `trouble`.

    `trouble` gets a message when the output fails and None when it works again.
    """

    def __init__(
        self,
        *,
        light: LightDriver,
        clock: Clock,
        board: Board,
        memory: LightState,
        report: Callable[[LightReport], None],
        trouble: Callable[[Message | None], None],
        tick_s: float = TICK_S,
    ) -> None:
        self._light = light
        self._clock = clock
        self._board = board
        self._report = report
        self._report_output_error = trouble
        self._tick_s = tick_s
        self._schedule = memory.schedule
        self._override = memory.override
        self._ledger = restore(memory.ledger)
        self._account = LightAccount(memory)
        self._derate = DerateState()
        self._board_read_s = float("-inf")
        self._board_failed = False
        self._after_tick_failed = False
        self._last_tick_s = clock.monotonic()
        self._output_level: float | None = None
        self._output_failed = False
        self._hold: Hold | None = None
        self._hold_applied = threading.Event()
        self._lock = threading.Lock()
        self.changed = threading.Event()
        """Set by whoever wants the next tick at once."""

    @property
    def level(self) -> float:
        """The level of the output."""
        return self._output_level or 0.0

    @property
    def output_ok(self) -> bool:
        """Whether the output took the last level it was given."""
        return self._output_level is not None and not self._output_failed

    @property
    def dark_by_override(self) -> bool:
        """Whether a person chose darkness for now."""
        with self._lock:
            override = self._override
        return override is not None and override.level <= 0 and override.active_at(self._clock.now())

    @property
    def schedule_and_override(self) -> tuple[LightSchedule, Override | None]:
        """The schedule and the override in force."""
        with self._lock:
            return self._schedule, self._override

    def set_schedule(self, schedule: LightSchedule, override: Override | None) -> None:
        """Follow this schedule from now on; any thread may call."""
        with self._lock:
            self._schedule, self._override = schedule, override
        self.changed.set()

    @contextmanager
    def hold(self, level: float, wait_s: float = 5.0) -> Iterator[bool]:
        """Keep the lamp at `level` for a photograph; yields whether it was really set. Ends by itself if forgotten."""
        with self._lock:
            self._hold = Hold(level=level, until_s=self._clock.monotonic() + MAX_HOLD_S)
            self._hold_applied.clear()
        self.changed.set()
        try:
            yield self._hold_applied.wait(wait_s)
        finally:
            with self._lock:
                self._hold = None
            self.changed.set()

    def tick(self) -> LightTarget:
        """Compare wanted with set, set the lamp if they differ, and report what is worth it.

        A board that can't be read and an output that can't be set raise nothing.
        """
        monotonic_s = self._clock.monotonic()
        elapsed_s = max(0.0, monotonic_s - self._last_tick_s)
        at, trusted = self._clock.now(), self._clock.trusted()
        with self._lock:
            schedule, override, hold = self._schedule, self._override, self._hold
        level_before = self._output_level or 0.0
        limit_s = schedule.max_hours_per_day * 3600
        self._account.add_elapsed(schedule, at, level_before, elapsed_s)
        self._ledger = advance(
            self._ledger,
            elapsed_s,
            lit=level_before > 0,
            limit_s=limit_s,
            trusted_now=at if trusted else None,
        )
        self._last_tick_s = monotonic_s
        self._read_board(monotonic_s)
        holds = hold is not None and monotonic_s < hold.until_s
        target = target_level(
            schedule,
            at,
            trusted=trusted,
            override=override,
            hold_level=hold.level if hold and holds else None,
            derate=self._derate.derate,
            budget_spent=self._ledger.spent,
        )
        if self._set_output(target.level) and holds:
            with self._lock:
                # Another hold may have begun meanwhile; its level has not been set.
                if self._hold is hold:
                    self._hold_applied.set()
        report = self._account.next_report(at, target, schedule, override, self._ledger)
        if report:
            self._report(report)
        return target

    def run(self, stop: threading.Event, after_tick: Callable[[LightTarget], None]) -> None:
        """Tick once a second, and at once when something changed, until `stop`; whoever calls switches the lamp off.

        A tick or an `after_tick` that fails is logged and tried again; raises what the last of `MAX_FAILED_TICKS` in a
        row raised.
        """
        failed = 0
        while keep_going(self.changed, stop):
            try:
                target = self.tick()
            except Exception:
                failed += 1
                if failed >= MAX_FAILED_TICKS:
                    raise
                if failed == 1:
                    LOG.exception("the lamp's level could not be computed; it stays and is tried again")
            else:
                failed = 0
                self._run_after_tick(after_tick, target)
            self._clock.wait(self.changed, self._tick_s / RAMP_TICKS_PER_TICK if self._is_ramping() else self._tick_s)

    def release(self) -> None:
        """Switch the lamp off and give its output back, whatever state the rest is in; never raises."""
        try:
            self._light.close()
        except Exception:
            LOG.exception("the lamp's output could not be released; the kernel does it when the process ends")

    def close(self) -> None:
        """Account for the last seconds and switch the lamp off; never raises."""
        try:
            self.tick()
        except Exception:
            LOG.exception("the lamp's last seconds are not in its account")
        self.release()

    def final_report(self) -> LightReport:
        """The dark lamp's state with the schedule and override in force, in which nothing is reserved."""
        schedule, override = self.schedule_and_override
        dark = LightTarget(level=0.0, reason="off", next_change_at=None, planned_level=0.0, phase="off")
        return self._account.current_report(self._clock.now(), dark, schedule, override, self._ledger)

    def _run_after_tick(self, after_tick: Callable[[LightTarget], None], target: LightTarget) -> None:
        """Run what others do after a tick: nothing of it may end the loop."""
        try:
            after_tick(target)
        except Exception:
            if not self._after_tick_failed:
                LOG.exception("what follows a tick of the light failed; the light goes on")
            self._after_tick_failed = True
        else:
            self._after_tick_failed = False

    def _is_ramping(self) -> bool:
        with self._lock:
            override = self._override
        return override is not None and override.is_ramping(self._clock.now())

    def _set_output(self, level: float) -> bool:
        """Set the output if it differs; whether its level is now `level`."""
        if self._output_level == level and not self._output_failed:
            return True
        try:
            self._light.set_level(level)
        except OSError as error:
            if not self._output_failed:
                LOG.error("the lamp could not be set to %.2f: %s", level, error)  # noqa: TRY400 - one line is enough
                why = str(error).rstrip(".")
                self._report_output_error(lamp.CANT_DRIVE(reason=str(why)))
            self._output_failed = True
            return False
        if self._output_failed:
            LOG.info("the lamp can be set again")
            self._report_output_error(None)
        self._output_failed = False
        self._output_level = level
        return True

    def _read_board(self, monotonic_s: float) -> None:
        if monotonic_s - self._board_read_s < BOARD_INTERVAL_S:
            return
        self._board_read_s = monotonic_s
        try:
            soc_c, undervoltage = self._board.temperature_c(), self._board.undervoltage()
        except Exception:
            if not self._board_failed:
                LOG.exception("the board can't be read; the lamp keeps the limits in force")
            self._board_failed = True
            soc_c, undervoltage = None, None
        else:
            self._board_failed = False
        self._derate = next_derate(self._derate, soc_c=soc_c, undervoltage=undervoltage, monotonic_s=monotonic_s)
