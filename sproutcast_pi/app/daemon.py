"""The daemon: the light first, then everything else beside it, until somebody says stop."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import signal
import threading
import time
from datetime import datetime
from pathlib import Path

from sproutcast_pi.app.house import House
from sproutcast_pi.app.identity import device_id
from sproutcast_pi.app.light_row import configured_schedule, zone_of
from sproutcast_pi.app.options import Options
from sproutcast_pi.app.outputs import open_clock, open_light
from sproutcast_pi.app.stand_in import StandIn
from sproutcast_pi.config.last_good import Loaded, load
from sproutcast_pi.errors import RefusedError, SproutcastError
from sproutcast_pi.hardware.board import PiBoard
from sproutcast_pi.hardware.service_manager import ServiceManager
from sproutcast_pi.model.light_plan import LightWish
from sproutcast_pi.services.believed_clock import BelievedClock
from sproutcast_pi.services.boot.start import Start
from sproutcast_pi.services.keep_running import Heartbeats
from sproutcast_pi.services.light_keeper import LightClerk, LightKeeper, LightMemory, recall
from sproutcast_pi.services.light_keeper.keeper import TICK_S
from sproutcast_pi.signals import hear
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
STOP_WITHIN_S = 4.0
"""SIGTERM to exit takes under 5 s; the lamp goes dark after this at the latest."""
FEED_EVERY_S = 5.0
"""How often systemd's watchdog is fed; its limit is 60 s."""
SHORTEST_TICK_S = 0.02
"""Real seconds between two ticks of a clock that runs faster."""
ASK_STORE_EVERY_S = 10.0
STORE_SILENCE_S = 45.0


class Daemon:
    """Owns every part. `run` returns when the daemon was told to stop."""

    def __init__(self, options: Options) -> None:
        """Take the data folder for us alone; raises SproutcastError when another daemon has it."""
        self._options = options
        options.data.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(options.data)
        self._manager = ServiceManager(os.environ.get("NOTIFY_SOCKET"))
        self._loaded: Loaded = load(options.config, options.data)
        self._settings = options.over(self._loaded.settings)
        memory = recall(options.data) or LightMemory(schedule=configured_schedule(self._settings))
        self._clock = BelievedClock(open_clock(options, self._settings, memory.at), memory.at)
        self._start = Start(options.data, self._clock)
        self._board = PiBoard()
        self._clerk = LightClerk(options.data)
        self._keeper = LightKeeper(
            light=open_light(self._settings.light, self._clock),
            clock=self._clock,
            board=self._board,
            memory=memory,
            report=self._clerk.report,
            trouble=self._clerk.trouble,
            tick_s=max(TICK_S, options.speed * SHORTEST_TICK_S),
        )
        self._beats = Heartbeats(time.monotonic)
        self._stop = threading.Event()
        self._house: House | StandIn | None = None
        self._house_wanted = threading.Event()
        self._fed_s = float("-inf")
        self._asked_s = float("-inf")

    def run(self) -> None:
        """Keep the light in this thread and everything else beside it, until SIGTERM or SIGINT."""
        hear({signal.SIGTERM: self._on_stop, signal.SIGINT: self._on_stop, signal.SIGHUP: self._on_reload})
        clerk = threading.Thread(target=self._clerk.run, args=(self._stop,), name="light_clerk", daemon=True)
        builder = threading.Thread(target=self._build_house, name="builder", daemon=True)
        clerk.start()
        self._house_wanted.set()
        builder.start()
        self._keeper.run(self._stop, self._after_tick)
        self._manager.stopping()
        self._house_wanted.set()
        builder.join(STOP_WITHIN_S)
        self._clerk.report(self._keeper.close())
        self._clerk.wake()
        clerk.join(1.0)
        if self._house:
            self._house.stop(STOP_WITHIN_S)
        self._start.stopped()
        os.close(self._lock)
        LOG.info("stopped")

    def _build_house(self) -> None:
        """Build the house, and again after a reload; a store that can't be opened leaves the light alone alight."""
        while not self._stop.is_set():
            self._house_wanted.wait()
            self._house_wanted.clear()
            if self._stop.is_set():
                return
            if self._house:
                self._house.stop(STOP_WITHIN_S)
                self._house = None
            self._start.doing("opening the store and starting the services")
            try:
                self._house = self._new_house()
            except (SproutcastError, OSError) as error:
                LOG.critical("only the light is kept: %s", error)
                self._manager.status(f"Only the light is kept: {error}")
                self._house = self._stand_in(str(error))
            else:
                self._beats.expect("store", STORE_SILENCE_S)
                self._start.up()
            self._start.doing("keeping light and store")
            self._manager.ready()

    def _new_house(self) -> House:
        """Open the store and furnish it; what can't be furnished is left as it was found."""
        device = device_id(self._options.data, self._board.serial())
        store = Store(self._options.database, clock=self._clock, device=device)
        try:
            return House(
                store=store,
                options=self._options,
                loaded=self._loaded,
                clock=self._clock,
                board=self._board,
                keeper=self._keeper,
                clerk=self._clerk,
                beats=self._beats,
                start=self._start,
                leave_safe_mode=self._leave_safe_mode,
            )
        except BaseException:
            self._clerk.attach(None)
            store.close()
            raise

    def _stand_in(self, reason: str) -> StandIn | None:
        """Serve the screen without the store; None when not even that is possible."""
        try:
            return StandIn(
                options=self._options,
                settings=self._settings,
                device="spr-stand-in",
                clock=self._clock,
                keeper=self._keeper,
                clerk=self._clerk,
                start=self._start,
                leave_safe_mode=self._leave_safe_mode,
                reason=reason,
            )
        except (SproutcastError, OSError) as error:
            LOG.critical("the screen can't be served either: %s", error)
            return None

    def _leave_safe_mode(self) -> None:
        """Build the house anew, with everything in it; returns at once, any thread may call."""
        if self._start.safe:
            self._start.leave_safe_mode()
            self._house_wanted.set()

    def _after_tick(self, wish: LightWish) -> None:
        """Feed the watchdog while everything essential is alive, and say how we are."""
        if self._start.tick():
            self._leave_safe_mode()
        now_s = time.monotonic()
        self._ask_store(now_s)
        if now_s - self._fed_s < FEED_EVERY_S:
            return
        self._fed_s = now_s
        silent = self._beats.silent()
        if silent:
            LOG.error("no sign of life from: %s", ", ".join(silent))
        else:
            self._manager.alive()
        if self._house:
            self._manager.status(_status(wish, zone_of(self._house.schedule()), silent))

    def _ask_store(self, now_s: float) -> None:
        """See every few seconds whether the writer still answers, without waiting for it."""
        house = self._house
        if house is None or now_s - self._asked_s < ASK_STORE_EVERY_S:
            return
        self._asked_s = now_s
        with contextlib.suppress(RefusedError):
            future = house.store.submit("clear_health", {"part": "none"}, caller=INTERNAL)
            future.add_done_callback(lambda _: self._beats.beat("store"))

    def _on_stop(self) -> None:
        LOG.info("stopping")
        self._stop.set()
        self._keeper.changed.set()

    def _on_reload(self) -> None:
        """Read the configuration again; the light goes on, the house is built anew."""
        self._manager.reloading(time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000)
        before = self._settings.light
        self._loaded = load(self._options.config, self._options.data)
        self._settings = self._options.over(self._loaded.settings)
        if _output(self._settings.light) != _output(before):
            LOG.warning("the lamp's output changed in the configuration: restart to use it")
        LOG.info("configuration read again")
        self._house_wanted.set()


def _output(light: object) -> tuple[object, ...]:
    return tuple(getattr(light, name) for name in ("output", "kind", "active_high", "pwm_hz"))


def _status(wish: LightWish, zone: object, silent: list[str]) -> str:
    """One line a person can read in `systemctl status`."""
    lamp = f"lamp {wish.level:.0%} ({wish.reason})"
    if wish.next_change_at:
        lamp += f", next change {_local(wish.next_change_at, zone)}"
    return f"{lamp}; no sign of life from {', '.join(silent)}" if silent else lamp


def _local(moment: datetime, zone: object) -> str:
    return moment.astimezone(zone).strftime("%H:%M")  # type: ignore[arg-type]  # a tzinfo


def _lock(data: Path) -> int:
    """Hold the data folder; raises SproutcastError when somebody else does."""
    descriptor = os.open(data / "daemon.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise SproutcastError(
            f"Another daemon already uses {data}. Stop it first, or name another folder with --data."
        ) from error
    return descriptor
