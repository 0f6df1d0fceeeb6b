"""The daemon process: the light loop in the main thread, everything else beside it."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from sproutcast_pi.app.build_runtime import build_runtime
from sproutcast_pi.app.context import DaemonContext
from sproutcast_pi.app.degraded import build_degraded_runtime
from sproutcast_pi.app.identity import device_id
from sproutcast_pi.app.open_hardware import open_clock, open_light
from sproutcast_pi.app.options import RunOptions
from sproutcast_pi.app.runtime import Runtime
from sproutcast_pi.config.last_good import LoadedConfig, load
from sproutcast_pi.errors import LightLoopError, SproutcastError
from sproutcast_pi.hardware.board import PiBoard
from sproutcast_pi.hardware.service_manager import ServiceManager
from sproutcast_pi.messages.areas import system
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.model.light_plan import LightTarget
from sproutcast_pi.services.boot.startup_status import StartupStatus
from sproutcast_pi.services.light_keeper import LightKeeper, LightRecorder, LightState, load_state
from sproutcast_pi.services.light_keeper.keeper import TICK_S
from sproutcast_pi.services.light_keeper.schedule_sync import initial_schedule
from sproutcast_pi.services.supervisor import Heartbeats
from sproutcast_pi.services.trusted_clock import TrustedClock
from sproutcast_pi.signals import handle_signals
from sproutcast_pi.store.data_lock import lock_data_folder
from sproutcast_pi.store.engine import Store

LOG = logging.getLogger(__name__)
STOP_TIMEOUT_S = 4.0
"""SIGTERM to exit takes under 5 s; the lamp goes dark after this at the latest."""
WATCHDOG_INTERVAL_S = 5.0
"""How often systemd's watchdog is fed; its limit is 60 s."""
MIN_TICK_S = 0.02
"""Real seconds between two ticks of a clock that runs faster."""
STORE_PING_INTERVAL_S = 10.0
STORE_TIMEOUT_S = 45.0


class Daemon:
    """Owner of every part. `run` returns after an orderly stop."""

    def __init__(self, options: RunOptions) -> None:
        """Take the data folder for us alone; raises SproutcastError when another daemon has it."""
        self._options = options
        options.data.mkdir(parents=True, exist_ok=True)
        self._lock = lock_data_folder(options.data)
        self._manager = ServiceManager(os.environ.get("NOTIFY_SOCKET"))
        self._loaded: LoadedConfig = load(options.config, options.data)
        self._settings = options.apply_to(self._loaded.settings)
        memory = load_state(options.data) or LightState(schedule=initial_schedule(self._settings))
        self._clock = TrustedClock(open_clock(options, self._settings, memory.at), memory.at)
        self._startup = StartupStatus(options.data, self._clock)
        self._board = PiBoard()
        self._recorder = LightRecorder(options.data)
        self._keeper = LightKeeper(
            light=open_light(self._settings.light, self._clock),
            clock=self._clock,
            board=self._board,
            memory=memory,
            report=self._recorder.enqueue,
            trouble=self._recorder.set_output_error,
            tick_s=max(TICK_S, options.speed * MIN_TICK_S),
        )
        self._heartbeats = Heartbeats(time.monotonic)
        self._stop = threading.Event()
        self._runtime: Runtime | None = None
        self._rebuild_requested = threading.Event()
        self._watchdog_fed_s = float("-inf")
        self._store_pinged_s = float("-inf")

    def run(self) -> bool:
        """Keep the light in this thread and everything else beside it, until SIGTERM or SIGINT.

        False when something did not close in time, so that the process has to be ended. Raises LightLoopError when the
        light loop ended by itself: the lamp is released then.
        """
        handle_signals({signal.SIGTERM: self._on_stop, signal.SIGINT: self._on_stop, signal.SIGHUP: self._on_reload})
        recorder = threading.Thread(target=self._recorder.run, args=(self._stop,), name="light_recorder", daemon=True)
        builder = threading.Thread(target=self._run_builder, name="builder", daemon=True)
        recorder.start()
        self._rebuild_requested.set()
        builder.start()
        try:
            self._keeper.run(self._stop, self._after_tick)
        except BaseException as error:
            self._keeper.release()
            LOG.critical("the light loop ended, so the lamp is off and the process ends", exc_info=True)
            raise LightLoopError(
                system.LIGHT_LOOP_ENDED(reason=verbatim(f"{type(error).__name__}: {error}"))
            ) from error
        self._manager.stopping()
        self._rebuild_requested.set()
        builder.join(STOP_TIMEOUT_S)
        self._keeper.close()
        self._recorder.enqueue(self._keeper.final_report())
        self._recorder.wake()
        recorder.join(1.0)
        closed = self._runtime.stop(STOP_TIMEOUT_S) if self._runtime else True
        # A schedule confirmed while the services stopped reaches the keeper after its lamp is dark.
        self._recorder.enqueue(self._keeper.final_report())
        self._recorder.save_newest()
        self._startup.record_stop()
        os.close(self._lock)
        LOG.info("stopped")
        return closed

    def _run_builder(self) -> None:
        """Build the runtime, and again after a reload; without a store light and screen run all the same."""
        while not self._stop.is_set():
            self._rebuild_requested.wait()
            self._rebuild_requested.clear()
            if self._stop.is_set():
                return
            if self._runtime:
                self._runtime.stop(STOP_TIMEOUT_S)
                self._runtime = None
            self._startup.record_phase("opening")
            context = self._context()
            try:
                self._runtime = self._build_runtime(context)
            except Exception as error:
                unforeseen = not isinstance(error, SproutcastError | OSError)
                LOG.critical("only light and screen run: %s", error, exc_info=unforeseen)
                self._manager.status(f"Only light and screen run: {error}")
                self._runtime = self._build_degraded(context, str(error))
            else:
                self._heartbeats.expect("store", STORE_TIMEOUT_S)
                self._startup.mark_ready()
            self._startup.record_phase("running")
            self._manager.ready()

    def _build_runtime(self, context: DaemonContext) -> Runtime:
        """Open the store and start the services on it; what can't be started leaves nothing open."""
        device = device_id(self._options.data, self._board.serial())
        store = Store(self._options.database, clock=self._clock, device=device)
        try:
            return build_runtime(context, store)
        except BaseException:
            self._recorder.set_store(None)
            store.close()
            raise

    def _build_degraded(self, context: DaemonContext, reason: str) -> Runtime | None:
        """Serve light and screen without the store; None when not even that is possible."""
        try:
            return build_degraded_runtime(context, reason)
        except (SproutcastError, OSError) as error:
            LOG.critical("the screen can't be served either: %s", error)
            return None

    def _context(self) -> DaemonContext:
        return DaemonContext(
            options=self._options,
            loaded=self._loaded,
            clock=self._clock,
            board=self._board,
            keeper=self._keeper,
            recorder=self._recorder,
            heartbeats=self._heartbeats,
            startup=self._startup,
            leave_safe_mode=self._leave_safe_mode,
        )

    def _leave_safe_mode(self) -> None:
        """Build everything again; returns at once, any thread may call."""
        if self._startup.safe:
            self._startup.leave_safe_mode()
            self._rebuild_requested.set()

    def _after_tick(self, target: LightTarget) -> None:
        """Feed the watchdog while everything essential is alive, and publish the status line."""
        if self._startup.tick():
            self._leave_safe_mode()
        now_s = time.monotonic()
        self._ping_store(now_s)
        if now_s - self._watchdog_fed_s < WATCHDOG_INTERVAL_S:
            return
        self._watchdog_fed_s = now_s
        silent = self._heartbeats.overdue()
        if silent:
            LOG.error("no sign of life from: %s", ", ".join(silent))
        else:
            self._manager.alive()
        if self._runtime:
            self._manager.status(_status(target, ZoneInfo(self._runtime.schedule().zone), silent))

    def _ping_store(self, now_s: float) -> None:
        """Probe every few seconds whether the store's writer answers, without waiting for it."""
        runtime = self._runtime
        if runtime is None or now_s - self._store_pinged_s < STORE_PING_INTERVAL_S:
            return
        self._store_pinged_s = now_s
        with contextlib.suppress(SproutcastError):
            future = runtime.store.ping()
            future.add_done_callback(lambda _: self._heartbeats.beat("store"))

    def _on_stop(self) -> None:
        LOG.info("stopping")
        self._stop.set()
        self._keeper.changed.set()

    def _on_reload(self) -> None:
        """Read the configuration again; the light goes on, everything else is built again."""
        self._manager.reloading(time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000)
        before = self._settings.light
        self._loaded = load(self._options.config, self._options.data)
        self._settings = self._options.apply_to(self._loaded.settings)
        if _output_options(self._settings.light) != _output_options(before):
            LOG.warning("the lamp's output changed in the configuration: restart to use it")
        LOG.info("configuration read again")
        self._rebuild_requested.set()


def _output_options(light: object) -> tuple[object, ...]:
    return tuple(getattr(light, name) for name in ("output", "kind", "active_high", "pwm_hz"))


def _status(target: LightTarget, zone: ZoneInfo, silent: list[str]) -> str:
    """One line a person can read in `systemctl status`."""
    lamp = f"lamp {target.level:.0%} ({target.reason})"
    if target.next_change_at:
        lamp += f", next change {_local(target.next_change_at, zone)}"
    return f"{lamp}; no sign of life from {', '.join(silent)}" if silent else lamp


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M")
