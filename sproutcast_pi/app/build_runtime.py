"""Builds the services on an open store: everything, or in safe mode what the screen needs."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence

import msgspec

from sproutcast_pi.app.appliance import build_device_services
from sproutcast_pi.app.context import DaemonContext
from sproutcast_pi.app.gateway import gateway_settings
from sproutcast_pi.app.mqtt_services import build_mqtt_services
from sproutcast_pi.app.phone_page_url import phone_page_url
from sproutcast_pi.app.runtime import Runtime
from sproutcast_pi.hardware.displays import display_connected
from sproutcast_pi.services.access_journal import FILE_NAME as ACCESS_JOURNAL
from sproutcast_pi.services.access_journal import AccessJournal
from sproutcast_pi.services.appliance.device_control import DeviceControl
from sproutcast_pi.services.appliance.factory_reset import FORGET_OWNER
from sproutcast_pi.services.boot.prepare_store import (
    apply_owner_reset,
    clean_photo_folder,
    forget_failures,
    report_startup,
)
from sproutcast_pi.services.call_pipeline import CallPipeline
from sproutcast_pi.services.camera_preview import CameraPreview, SharedCamera
from sproutcast_pi.services.capture_keeper import CaptureKeeper, Worker
from sproutcast_pi.services.capture_keeper.job_builder import JobBuilder
from sproutcast_pi.services.first_pairing import FirstPairing
from sproutcast_pi.services.gateway import Gateway
from sproutcast_pi.services.housekeeper import Housekeeper
from sproutcast_pi.services.light_keeper.schedule_sync import ScheduleSync, store_first_schedule, zone_in_force
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.services.profile_keeper import ProfileKeeper
from sproutcast_pi.services.screen_process import ScreenProcess
from sproutcast_pi.services.supervisor import Service, Wakeable
from sproutcast_pi.services.worker_process import WorkerProcess
from sproutcast_pi.simulated.scene_from_store import SceneFromStore, create_first_plants
from sproutcast_pi.store.engine import INTERNAL, Store

CAPTURE_TIMEOUT_MARGIN_S = 300.0
"""The capture loop beats between photos; this much on top of a photo's deadline means it hangs."""


class CameraServices(msgspec.Struct, frozen=True, kw_only=True):
    """What shares the camera: scheduled photos, learning from them, and the preview."""

    captures: CaptureKeeper
    profiles: ProfileKeeper
    preview: CameraPreview


def build_runtime(context: DaemonContext, store: Store, worker: Worker | None = None) -> Runtime:
    """Start every service on an open store; `worker`: who takes photos, normally a child process.

    Raises RefusedError or OSError when the store or the folder of photos can't be written.
    """
    photos = PhotoStore(context.options.pictures)
    _prepare(context, store, photos)
    schedule_sync = ScheduleSync(store, context.keeper, context.settings, context.recorder.set_schedule_fault)
    context.recorder.set_store(store)
    device = build_device_services(context, store)
    pipeline = _build_pipeline(context, store, device.control)
    camera = _build_camera(context, store, photos, schedule_sync, worker or WorkerProcess())
    services: list[Service] = [
        Gateway(pipeline, gateway_settings(context.options, context.settings), camera.preview),
        *device.services,
        *screen_services(context),
    ]
    if not context.startup.safe:
        services += _build_working_services(context, store, photos, pipeline, camera)
    forget_failures(store, [service.name for service in services])
    return Runtime(
        store,
        services,
        schedule_sync=schedule_sync,
        recorder=context.recorder,
        before_stop=camera.preview.close,
    )


def screen_services(context: DaemonContext) -> list[Service]:
    """The screen as a child, where the command line asks for it."""
    return [ScreenProcess(context.options.socket_path)] if context.options.screen else []


def _prepare(context: DaemonContext, store: Store, photos: PhotoStore) -> None:
    """Bring the store up to this start, before anybody is let in."""
    settings = context.settings
    AccessJournal(store, context.options.data / ACCESS_JOURNAL).start()
    apply_owner_reset(store, context.options.data / FORGET_OWNER)
    fresh = store.seq == 0
    store.call("set_setting", {"name": "given_time_zone", "value": zone_in_force(settings)}, caller=INTERNAL)
    report_startup(store, context.loaded.problem, clean_photo_folder(store, photos), context.startup)
    store_first_schedule(store, context.keeper, settings, fresh=fresh)
    if fresh and _is_simulated(context):
        create_first_plants(store)
    store.call("fail_stale_captures", {}, caller=INTERNAL)


def _build_pipeline(context: DaemonContext, store: Store, control: DeviceControl) -> CallPipeline:
    first_pairing = FirstPairing(
        store=store,
        clock=context.clock,
        has_screen=lambda: context.options.screen or display_connected(),
        allowed=context.settings.network.first_phone,
    )
    return CallPipeline(
        store=store,
        clock=context.clock,
        metrics=Metrics(),
        # Of the machine, whatever speed a simulated clock has: people type codes, and floods come, in real time.
        pairing=Pairing(context.clock, time.monotonic, lambda: phone_page_url(context.settings)),
        monotonic=time.monotonic,
        first_phone=first_pairing,
        appliance=control,
    )


def _build_camera(
    context: DaemonContext, store: Store, photos: PhotoStore, schedule_sync: ScheduleSync, worker: Worker
) -> CameraServices:
    settings, clock, keeper = context.settings, context.clock, context.keeper
    profile_folder = context.options.data / "profiles"
    jobs = JobBuilder(
        store=store,
        pictures=photos,
        camera=settings.camera,
        light=settings.light,
        captures=settings.captures,
        scene=SceneFromStore(store) if _is_simulated(context) else _no_scene,
        mask_folder=profile_folder / "lessons",
    )
    profiles = ProfileKeeper(store=store, clock=clock, pictures=context.options.pictures, folder=profile_folder)
    preview = CameraPreview(job=lambda: jobs.preview_job(clock.now(), keeper.level))
    captures = CaptureKeeper(
        store=store,
        clock=clock,
        light=keeper,
        light_schedule=schedule_sync.schedule,
        worker=SharedCamera(worker, preview),
        jobs=jobs,
        pictures=photos,
        captures=settings.captures,
        capture_level=settings.light.capture_level,
        beat=functools.partial(context.heartbeats.beat, "captures"),
        measured=profiles.on_measured,
    )
    return CameraServices(captures=captures, profiles=profiles, preview=preview)


def _build_working_services(
    context: DaemonContext, store: Store, photos: PhotoStore, pipeline: CallPipeline, camera: CameraServices
) -> Sequence[Wakeable]:
    """All that a device in safe mode does without."""
    settings = context.settings
    context.heartbeats.expect("captures", settings.captures.deadline_s + CAPTURE_TIMEOUT_MARGIN_S)
    housekeeper = Housekeeper(
        store=store,
        clock=context.clock,
        board=context.board,
        pictures=photos,
        storage=settings.storage,
        data=context.options.data,
    )
    at_brokers = build_mqtt_services(
        settings,
        store=store,
        clock=context.clock,
        board=context.board,
        pipeline=pipeline,
        pictures=context.options.pictures,
    )
    return [camera.captures, housekeeper, camera.profiles, *at_brokers]


def _is_simulated(context: DaemonContext) -> bool:
    return context.settings.camera.source.startswith("simulated")


def _no_scene(_at: object) -> None:
    """A real camera needs none."""
