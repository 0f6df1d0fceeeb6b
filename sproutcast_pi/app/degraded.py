"""Light and screen without the database: when it can't be opened, both are served from an empty one in memory.

So the light can still be seen and changed, and the screen says in words what is wrong. Nothing of it outlives a stop.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
import time
from pathlib import Path

from sproutcast_pi.app.appliance import build_device_services
from sproutcast_pi.app.build_runtime import screen_services
from sproutcast_pi.app.context import DaemonContext
from sproutcast_pi.app.gateway import gateway_settings
from sproutcast_pi.app.phone_page_url import phone_page_url
from sproutcast_pi.app.runtime import Runtime
from sproutcast_pi.messages.areas import system
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.call_pipeline import CallPipeline
from sproutcast_pi.services.gateway import Gateway
from sproutcast_pi.services.health import HealthReport, HealthReporter
from sproutcast_pi.services.light_keeper import LightKeeper
from sproutcast_pi.services.light_keeper.schedule_sync import ScheduleSync, schedule_arguments
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.store.engine import INTERNAL, Store

DEVICE = "spr-stand-in"


def build_degraded_runtime(context: DaemonContext, reason: str) -> Runtime:
    """Serve light and screen from an empty store; raises OSError or StoreError when not even that is possible."""
    folder = Path(tempfile.mkdtemp(prefix="sproutcast-"))
    store = Store(folder / "stand-in.sqlite3", clock=context.clock, device=DEVICE)
    _copy_light_state(store, context.keeper, context.clock)
    health = HealthReporter(store)
    wrong = HealthReport(
        part="store", state="bad", message=system.DEGRADED(reason=reason), advice=system.DEGRADED_ADVICE()
    )
    for report in (wrong, *context.startup.health_reports()):
        health.write(report)
    schedule_sync = ScheduleSync(store, context.keeper, context.settings, context.recorder.set_schedule_fault)
    context.recorder.set_store(store)
    device = build_device_services(context, store)
    pipeline = CallPipeline(
        store=store,
        clock=context.clock,
        metrics=Metrics(),
        pairing=Pairing(context.clock, time.monotonic, lambda: phone_page_url(context.settings)),
        appliance=device.control,
    )
    gateway = Gateway(pipeline, gateway_settings(context.options, context.settings))
    return Runtime(
        store,
        [gateway, *device.services, *screen_services(context)],
        schedule_sync=schedule_sync,
        recorder=context.recorder,
        after_close=functools.partial(shutil.rmtree, folder, ignore_errors=True),
    )


def _copy_light_state(store: Store, keeper: LightKeeper, clock: Clock) -> None:
    """Give the store the schedule and the override in force, so that the lamp stays as it is."""
    schedule, override = keeper.schedule_and_override
    zone = {"name": "time_zone", "value": schedule.zone}
    store.call("set_light_schedule", schedule_arguments(schedule), caller=INTERNAL)
    store.call("set_setting", zone, caller=INTERNAL)
    left_min = (override.until_at - clock.now()).total_seconds() / 60 if override else 0.0
    if override and left_min > 0:
        store.call("override_light", {"level": override.level, "minutes": min(left_min, 1440.0)}, caller=INTERNAL)
