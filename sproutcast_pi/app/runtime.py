"""Everything but the light: the store and the services that stand on it, built once and stopped in reverse."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from sproutcast_pi.app.appliance import build_device_services
from sproutcast_pi.app.gateway import gateway_settings
from sproutcast_pi.app.mqtt_services import build_mqtt_services
from sproutcast_pi.app.options import RunOptions
from sproutcast_pi.config.last_good import LoadedConfig
from sproutcast_pi.errors import RefusedError
from sproutcast_pi.hardware.displays import display_connected
from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.ports import Board, Clock
from sproutcast_pi.services.appliance.factory_reset import FORGET_OWNER
from sproutcast_pi.services.boot.startup_status import START_PARTS, StartupStatus
from sproutcast_pi.services.call_pipeline import CallPipeline
from sproutcast_pi.services.camera_preview import CameraPreview, SharedCamera
from sproutcast_pi.services.capture_keeper import CaptureKeeper, Worker
from sproutcast_pi.services.capture_keeper.job_builder import JobBuilder
from sproutcast_pi.services.first_pairing import FirstPairing
from sproutcast_pi.services.gateway import Gateway
from sproutcast_pi.services.housekeeper import Housekeeper
from sproutcast_pi.services.light_keeper import LightKeeper, LightRecorder
from sproutcast_pi.services.light_keeper.schedule_sync import (
    ScheduleSync,
    initial_schedule,
    schedule_arguments,
    zone_in_force,
)
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.services.profile_keeper import ProfileKeeper
from sproutcast_pi.services.screen_process import ScreenProcess
from sproutcast_pi.services.supervisor import Heartbeats, Service, Supervisor, Wakeable
from sproutcast_pi.services.worker_process import WorkerProcess
from sproutcast_pi.simulated.scene_from_store import SceneFromStore, create_first_plants
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
CAPTURE_TIMEOUT_MARGIN_S = 300.0
"""The capture loop beats between pictures; this much on top of a picture's deadline means it hangs."""


class Runtime:
    """The store and its services, running."""

    def __init__(
        self,
        *,
        store: Store,
        options: RunOptions,
        loaded: LoadedConfig,
        clock: Clock,
        board: Board,
        keeper: LightKeeper,
        clerk: LightRecorder,
        beats: Heartbeats,
        start: StartupStatus,
        leave_safe_mode: Callable[[], None],
        worker: Worker | None = None,
    ) -> None:
        """Start every service on an open store, in safe mode only what the screen needs.

        Raises RefusedError or OSError when the store or the folder of photographs can't be written.
        """
        settings = options.apply_to(loaded.settings)
        self.settings = settings
        self._recorder = clerk
        self.store = store
        _apply_owner_reset(self.store, options.data / FORGET_OWNER)
        fresh = self.store.seq == 0
        self.store.call("set_setting", {"name": "given_time_zone", "value": zone_in_force(settings)}, caller=INTERNAL)
        pictures = PhotoStore(options.pictures)
        _report_startup(self.store, loaded, _clean_photo_folder(self.store, pictures), start)
        if self.store.opened.trouble is not None:
            # The lamp's own memory is newer than any backup.
            self.store.call("set_light_schedule", schedule_arguments(keeper.schedule_and_override[0]), caller=INTERNAL)
        elif fresh:
            self.store.call("set_light_schedule", schedule_arguments(initial_schedule(settings)), caller=INTERNAL)
        if fresh and settings.camera.source.startswith("simulated"):
            create_first_plants(self.store)
        self.store.call("fail_stale_captures", {}, caller=INTERNAL)
        self._schedule_sync = ScheduleSync(self.store, keeper, settings, clerk.set_schedule_fault)
        clerk.set_store(self.store)
        simulated = settings.camera.source.startswith("simulated")
        jobs = JobBuilder(
            store=self.store,
            pictures=pictures,
            camera=settings.camera,
            light=settings.light,
            captures=settings.captures,
            scene=SceneFromStore(self.store) if simulated else _no_scene,
            lessons=options.data / "profiles" / "lessons",
        )
        if not start.safe:
            beats.expect("captures", settings.captures.deadline_s + CAPTURE_TIMEOUT_MARGIN_S)
        profiles = ProfileKeeper(
            store=self.store, clock=clock, pictures=options.pictures, folder=options.data / "profiles"
        )
        self._preview = CameraPreview(job=lambda: jobs.preview_job(clock.now(), keeper.level))
        self.captures = CaptureKeeper(
            store=self.store,
            clock=clock,
            light=keeper,
            light_schedule=self._schedule_sync.schedule,
            worker=SharedCamera(worker or WorkerProcess(), self._preview),
            jobs=jobs,
            pictures=pictures,
            captures=settings.captures,
            capture_level=settings.light.capture_level,
            beat=lambda: beats.beat("captures"),
            measured=profiles.on_measured,
        )
        housekeeper = Housekeeper(
            store=self.store, clock=clock, board=board, pictures=pictures, storage=settings.storage, data=options.data
        )
        whole = build_device_services(
            options=settings.updates,
            store=self.store,
            clock=clock,
            keeper=keeper,
            start=start,
            leave_safe_mode=leave_safe_mode,
        )
        door = CallPipeline(
            store=self.store,
            clock=clock,
            metrics=Metrics(),
            pairing=Pairing(clock),
            first_phone=FirstPairing(
                store=self.store,
                clock=clock,
                has_screen=lambda: options.screen or display_connected(),
                allowed=settings.network.first_phone,
            ),
            appliance=whole.control,
        )
        at_brokers = functools.partial(
            build_mqtt_services,
            settings,
            store=self.store,
            clock=clock,
            board=board,
            door=door,
            pictures=options.pictures,
        )
        working: list[Wakeable] = [] if start.safe else [self.captures, housekeeper, profiles, *at_brokers()]
        services: list[Service] = [
            Gateway(door, gateway_settings(options, settings), self._preview),
            *whole.services,
            *([ScreenProcess(options.socket_path)] if options.screen else []),
            *working,
        ]
        self._supervisor = Supervisor(services, self._report_health)
        self._supervisor.start()
        self._wake_callbacks: list[Callable[[], None]] = [service.wake for service in (*whole.services, *working)]

    def schedule(self) -> LightSchedule:
        """The light schedule in force."""
        return self._schedule_sync.schedule()

    def stop(self, within_s: float) -> None:
        """Stop the services, then the store, within about so many seconds."""
        end = time.monotonic() + within_s
        self._supervisor.request_stop()
        self._preview.close()
        for wake in self._wake_callbacks:
            wake()
        late = self._supervisor.stop(max(0.1, end - time.monotonic() - 1.0))
        if late:
            LOG.warning("still busy and left behind: %s", ", ".join(late))
        self._schedule_sync.close()
        self._recorder.flush()
        self._recorder.set_store(None)
        self.store.close()

    def _report_health(self, part: str, state: str, message: str) -> None:
        try:
            self.store.submit("set_health", {"part": part, "state": state, "message": message}, caller=INTERNAL)
        except RefusedError as error:
            LOG.warning("%s: %s (%s)", part, message, error)


def referenced_files(store: Store) -> frozenset[str]:
    """The pictures rows name."""
    rows = store.query("SELECT file, thumb, overlay FROM capture WHERE state = 'done'")
    return frozenset(name for row in rows for name in row.values() if name)


def _clean_photo_folder(store: Store, pictures: PhotoStore) -> str | None:
    """Remove what no row knows, or keep it when another database took over; what is to be told of the database."""
    pictures.folder.mkdir(parents=True, exist_ok=True)
    known, trouble = referenced_files(store), store.opened.trouble
    if trouble is not None and pictures.set_orphans_aside(known):
        trouble += " Photographs that it does not know are kept on the card, in pictures/set-aside."
    pictures.remove_orphans(known)
    return trouble


def _apply_owner_reset(store: Store, wish: Path) -> None:
    """After a reset that kept the plants: their owner's phones and choices go before anybody is let in."""
    if wish.exists():
        store.call("forget_owner", {}, caller=INTERNAL)
        wish.unlink()


def _no_scene(_at: object) -> None:
    """A real camera needs none."""


def _report_startup(store: Store, loaded: LoadedConfig, trouble: str | None, start: StartupStatus) -> None:
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
        *map(msgspec.structs.asdict, start.health_reports()),
    ]
    for one in told:
        store.call("set_health", one, caller=INTERNAL)
    if news := start.take_notice():
        notice = {"category": "info", "title": "Started again by itself", "message": news}
        store.call("notify", notice, caller=INTERNAL)
