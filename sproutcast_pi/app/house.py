"""Everything but the light: the store and the services that stand on it, built once and stopped in reverse."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from sproutcast_pi.app.appliance import build_device
from sproutcast_pi.app.brokered import brokered
from sproutcast_pi.app.gateway import gateway_settings
from sproutcast_pi.app.greenhouse import GrownScene, plant_first
from sproutcast_pi.app.light_row import LightFollower, first_schedule, stored_schedule, zone_name
from sproutcast_pi.app.options import Options
from sproutcast_pi.config.last_good import Loaded
from sproutcast_pi.errors import RefusedError
from sproutcast_pi.hardware.displays import display_connected
from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.ports import Board, Clock
from sproutcast_pi.services.aiming import Aiming, SharedCamera
from sproutcast_pi.services.appliance.reset import FORGET_OWNER
from sproutcast_pi.services.boot.start import START_PARTS, Start
from sproutcast_pi.services.capture_keeper import CaptureKeeper, Worker
from sproutcast_pi.services.capture_keeper.jobs import Jobs
from sproutcast_pi.services.first_phone import FirstPhone
from sproutcast_pi.services.front_door import FrontDoor
from sproutcast_pi.services.gateway import Gateway
from sproutcast_pi.services.housekeeper import Housekeeper
from sproutcast_pi.services.keep_running import Heartbeats, KeepRunning, Service, Wakeable
from sproutcast_pi.services.light_keeper import LightClerk, LightKeeper
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.services.pictures import Pictures
from sproutcast_pi.services.profile_keeper import ProfileKeeper
from sproutcast_pi.services.screen_child import ScreenChild
from sproutcast_pi.services.worker_process import WorkerProcess
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
CAPTURE_SILENCE_S = 300.0
"""The capture loop beats between pictures; this much on top of a picture's deadline means it hangs."""


class House:
    """The store and its services, running."""

    def __init__(
        self,
        *,
        store: Store,
        options: Options,
        loaded: Loaded,
        clock: Clock,
        board: Board,
        keeper: LightKeeper,
        clerk: LightClerk,
        beats: Heartbeats,
        start: Start,
        leave_safe_mode: Callable[[], None],
        worker: Worker | None = None,
    ) -> None:
        """Start every service on an open store, in safe mode only what the screen needs.

        Raises RefusedError or OSError when the store or the folder of photographs can't be written.
        """
        settings = options.over(loaded.settings)
        self.settings = settings
        self._clerk = clerk
        self.store = store
        _forget_owner(self.store, options.data / FORGET_OWNER)
        fresh = self.store.seq == 0
        self.store.call("set_setting", {"name": "given_time_zone", "value": zone_name(settings)}, caller=INTERNAL)
        pictures = Pictures(options.pictures)
        _say_first(self.store, loaded, _tidy_pictures(self.store, pictures), start)
        if self.store.opened.trouble is not None:
            # The lamp's own memory is newer than any backup.
            self.store.call("set_light_schedule", stored_schedule(keeper.follows[0]), caller=INTERNAL)
        elif fresh:
            self.store.call("set_light_schedule", first_schedule(settings), caller=INTERNAL)
        if fresh and settings.camera.source.startswith("simulated"):
            plant_first(self.store)
        self.store.call("fail_stale_captures", {}, caller=INTERNAL)
        self._follower = LightFollower(self.store, keeper, settings)
        clerk.attach(self.store)
        simulated = settings.camera.source.startswith("simulated")
        jobs = Jobs(
            store=self.store,
            pictures=pictures,
            camera=settings.camera,
            light=settings.light,
            captures=settings.captures,
            scene=GrownScene(self.store) if simulated else _no_scene,
            lessons=options.data / "profiles" / "lessons",
        )
        if not start.safe:
            beats.expect("captures", settings.captures.deadline_s + CAPTURE_SILENCE_S)
        profiles = ProfileKeeper(
            store=self.store, clock=clock, pictures=options.pictures, folder=options.data / "profiles"
        )
        self._aiming = Aiming(job=lambda: jobs.aiming(clock.now(), keeper.level))
        self.captures = CaptureKeeper(
            store=self.store,
            clock=clock,
            light=keeper,
            light_schedule=self._follower.schedule,
            worker=SharedCamera(worker or WorkerProcess(), self._aiming),
            jobs=jobs,
            pictures=pictures,
            captures=settings.captures,
            capture_level=settings.light.capture_level,
            beat=lambda: beats.beat("captures"),
            measured=profiles.measured,
        )
        housekeeper = Housekeeper(
            store=self.store, clock=clock, board=board, pictures=pictures, storage=settings.storage, data=options.data
        )
        whole = build_device(
            options=settings.updates,
            store=self.store,
            clock=clock,
            keeper=keeper,
            start=start,
            leave_safe_mode=leave_safe_mode,
        )
        door = FrontDoor(
            store=self.store,
            clock=clock,
            metrics=Metrics(),
            pairing=Pairing(clock),
            first_phone=FirstPhone(
                store=self.store,
                clock=clock,
                has_screen=lambda: options.screen or display_connected(),
                allowed=settings.network.first_phone,
            ),
            appliance=whole.appliance,
        )
        at_brokers = functools.partial(
            brokered, settings, store=self.store, clock=clock, board=board, door=door, pictures=options.pictures
        )
        working: list[Wakeable] = [] if start.safe else [self.captures, housekeeper, profiles, *at_brokers()]
        services: list[Service] = [
            Gateway(door, gateway_settings(options, settings), self._aiming),
            *whole.services,
            *([ScreenChild(options.socket_path)] if options.screen else []),
            *working,
        ]
        self._running = KeepRunning(services, self._report)
        self._running.start()
        self._wakes: list[Callable[[], None]] = [service.wake for service in (*whole.services, *working)]

    def schedule(self) -> LightSchedule:
        """The light schedule in force."""
        return self._follower.schedule()

    def stop(self, within_s: float) -> None:
        """Stop the services, then the store, within about so many seconds."""
        end = time.monotonic() + within_s
        self._running.ask_to_stop()
        self._aiming.close()
        for wake in self._wakes:
            wake()
        late = self._running.stop(max(0.1, end - time.monotonic() - 1.0))
        if late:
            LOG.warning("still busy and left behind: %s", ", ".join(late))
        self._follower.close()
        self._clerk.write()
        self._clerk.attach(None)
        self.store.close()

    def _report(self, part: str, state: str, message: str) -> None:
        try:
            self.store.submit("set_health", {"part": part, "state": state, "message": message}, caller=INTERNAL)
        except RefusedError as error:
            LOG.warning("%s: %s (%s)", part, message, error)


def known_files(store: Store) -> frozenset[str]:
    """The pictures rows name."""
    rows = store.query("SELECT file, thumb, overlay FROM capture WHERE state = 'done'")
    return frozenset(name for row in rows for name in row.values() if name)


def _tidy_pictures(store: Store, pictures: Pictures) -> str | None:
    """Remove what no row knows, or keep it when another database took over; what is to be told of the database."""
    pictures.folder.mkdir(parents=True, exist_ok=True)
    known, trouble = known_files(store), store.opened.trouble
    if trouble is not None and pictures.set_aside(known):
        trouble += " Photographs that it does not know are kept on the card, in pictures/set-aside."
    pictures.sweep(known)
    return trouble


def _forget_owner(store: Store, wish: Path) -> None:
    """After a reset that kept the plants: their owner's phones and choices go before anybody is let in."""
    if wish.exists():
        store.call("forget_owner", {}, caller=INTERNAL)
        wish.unlink()


def _no_scene(_at: object) -> None:
    """A real camera needs none."""


def _say_first(store: Store, loaded: Loaded, trouble: str | None, start: Start) -> None:
    """How configuration and database were found, and what is to be known of this start."""
    for part in START_PARTS:
        store.call("clear_health", {"part": part}, caller=INTERNAL)
    told = [
        {"part": "config", "state": "bad", "message": loaded.problem, "advice": "Mend the file, then reload."}
        if loaded.problem
        else {"part": "config", "state": "ok", "message": "The configuration has no faults."},
        {"part": "store", "state": "warn", "message": trouble}
        if trouble
        else {"part": "store", "state": "ok", "message": "The database is sound."},
        *map(msgspec.structs.asdict, start.words()),
    ]
    for one in told:
        store.call("set_health", one, caller=INTERNAL)
    if news := start.news():
        notice = {"category": "info", "title": "Started again by itself", "message": news}
        store.call("notify", notice, caller=INTERNAL)
