"""A house without its store: when that can't be opened, screen and phone page are served from an empty one in memory.

So the light can still be seen and changed, and the screen says in words what is wrong. Nothing of it outlives a stop.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from sproutcast_pi.app.appliance import build_device_services
from sproutcast_pi.app.gateway import gateway_settings
from sproutcast_pi.app.options import RunOptions
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.boot.startup_status import StartupStatus
from sproutcast_pi.services.call_pipeline import CallPipeline
from sproutcast_pi.services.gateway import Gateway
from sproutcast_pi.services.health import HealthReport
from sproutcast_pi.services.light_keeper import LightKeeper, LightRecorder
from sproutcast_pi.services.light_keeper.schedule_sync import ScheduleSync, schedule_arguments
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.services.screen_process import ScreenProcess
from sproutcast_pi.services.supervisor import Service, Supervisor
from sproutcast_pi.store.engine import INTERNAL, Store

ADVICE = "Make room on the card or restore a backup, then restart; if it stays like this, replace the card."


class DegradedRuntime:
    """Light and screen alone, and the reason why."""

    def __init__(
        self,
        *,
        options: RunOptions,
        settings: Settings,
        device: str,
        clock: Clock,
        keeper: LightKeeper,
        clerk: LightRecorder,
        start: StartupStatus,
        leave_safe_mode: Callable[[], None],
        reason: str,
    ) -> None:
        """Make the store and serve it; raises OSError or StoreError when not even that is possible."""
        self._folder = Path(tempfile.mkdtemp(prefix="sproutcast-"))
        self._recorder = clerk
        self.store = Store(self._folder / "stand-in.sqlite3", clock=clock, device=device)
        self._copy_light_state(keeper, clock)
        wrong = HealthReport(part="store", state="bad", message=f"Only light and screen run: {reason}", advice=ADVICE)
        for told in (wrong, *start.health_reports()):
            self.store.call("set_health", msgspec.structs.asdict(told), caller=INTERNAL)
        self._schedule_sync = ScheduleSync(self.store, keeper, settings, clerk.set_schedule_fault)
        clerk.set_store(self.store)
        whole = build_device_services(
            options=settings.updates,
            store=self.store,
            clock=clock,
            keeper=keeper,
            start=start,
            leave_safe_mode=leave_safe_mode,
        )
        pairing = Pairing(clock)
        door = CallPipeline(store=self.store, clock=clock, metrics=Metrics(), pairing=pairing, appliance=whole.control)
        services: list[Service] = [Gateway(door, gateway_settings(options, settings)), *whole.services]
        if options.screen:
            services.append(ScreenProcess(options.socket_path))
        self._supervisor = Supervisor(services, lambda _part, _state, _message: None)
        self._supervisor.start()
        self._wake_callbacks = [service.wake for service in whole.services]

    def schedule(self) -> LightSchedule:
        """The light schedule in force."""
        return self._schedule_sync.schedule()

    def stop(self, within_s: float) -> None:
        """Stop within about so many seconds, and leave nothing behind."""
        end = time.monotonic() + within_s
        self._supervisor.request_stop()
        for wake in self._wake_callbacks:
            wake()
        self._supervisor.stop(max(0.1, end - time.monotonic() - 1.0))
        self._schedule_sync.close()
        self._recorder.set_store(None)
        self.store.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _copy_light_state(self, keeper: LightKeeper, clock: Clock) -> None:
        """What the lamp follows now, it goes on to follow."""
        schedule, override = keeper.schedule_and_override
        zone = {"name": "time_zone", "value": schedule.zone}
        self.store.call("set_light_schedule", schedule_arguments(schedule), caller=INTERNAL)
        self.store.call("set_setting", zone, caller=INTERNAL)
        left_min = (override.until_at - clock.now()).total_seconds() / 60 if override else 0.0
        if override and left_min > 0:
            self.store.call("override_light", {"level": override.level, "minutes": left_min}, caller=INTERNAL)
