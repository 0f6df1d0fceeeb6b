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

from sproutcast_pi.app.appliance import build_device
from sproutcast_pi.app.gateway import gateway_settings
from sproutcast_pi.app.light_row import LightFollower, stored_schedule
from sproutcast_pi.app.options import Options
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.boot.start import Start, Told
from sproutcast_pi.services.front_door import FrontDoor
from sproutcast_pi.services.gateway import Gateway
from sproutcast_pi.services.keep_running import KeepRunning, Service
from sproutcast_pi.services.light_keeper import LightClerk, LightKeeper
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.services.screen_child import ScreenChild
from sproutcast_pi.store.engine import INTERNAL, Store

ADVICE = "Make room on the card or restore a backup, then restart; if it stays like this, replace the card."


class StandIn:
    """Light and screen alone, and the reason why."""

    def __init__(
        self,
        *,
        options: Options,
        settings: Settings,
        device: str,
        clock: Clock,
        keeper: LightKeeper,
        clerk: LightClerk,
        start: Start,
        leave_safe_mode: Callable[[], None],
        reason: str,
    ) -> None:
        """Make the store and serve it; raises OSError or StoreError when not even that is possible."""
        self._folder = Path(tempfile.mkdtemp(prefix="sproutcast-"))
        self._clerk = clerk
        self.store = Store(self._folder / "stand-in.sqlite3", clock=clock, device=device)
        self._keep_the_light(keeper, clock)
        wrong = Told(part="store", state="bad", message=f"Only light and screen run: {reason}", advice=ADVICE)
        for told in (wrong, *start.words()):
            self.store.call("set_health", msgspec.structs.asdict(told), caller=INTERNAL)
        self._follower = LightFollower(self.store, keeper, settings)
        clerk.attach(self.store)
        whole = build_device(
            options=settings.updates,
            store=self.store,
            clock=clock,
            keeper=keeper,
            start=start,
            leave_safe_mode=leave_safe_mode,
        )
        pairing = Pairing(clock)
        door = FrontDoor(store=self.store, clock=clock, metrics=Metrics(), pairing=pairing, appliance=whole.appliance)
        services: list[Service] = [Gateway(door, gateway_settings(options, settings)), *whole.services]
        if options.screen:
            services.append(ScreenChild(options.socket_path))
        self._running = KeepRunning(services, lambda _part, _state, _message: None)
        self._running.start()
        self._wakes = [service.wake for service in whole.services]

    def schedule(self) -> LightSchedule:
        """The light schedule in force."""
        return self._follower.schedule()

    def stop(self, within_s: float) -> None:
        """Stop within about so many seconds, and leave nothing behind."""
        end = time.monotonic() + within_s
        self._running.ask_to_stop()
        for wake in self._wakes:
            wake()
        self._running.stop(max(0.1, end - time.monotonic() - 1.0))
        self._follower.close()
        self._clerk.attach(None)
        self.store.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _keep_the_light(self, keeper: LightKeeper, clock: Clock) -> None:
        """What the lamp follows now, it goes on to follow."""
        schedule, override = keeper.follows
        zone = {"name": "time_zone", "value": schedule.zone}
        self.store.call("set_light_schedule", stored_schedule(schedule), caller=INTERNAL)
        self.store.call("set_setting", zone, caller=INTERNAL)
        left_min = (override.until_at - clock.now()).total_seconds() / 60 if override else 0.0
        if override and left_min > 0:
            self.store.call("override_light", {"level": override.level, "minutes": left_min}, caller=INTERNAL)
