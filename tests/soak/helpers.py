"""A month of the whole daemon in one process: real store, real services, painted plants; only time is not real."""

import threading
from datetime import UTC, datetime, timedelta

from sproutcast_pi.app.build_runtime import build_runtime
from sproutcast_pi.app.context import DaemonContext
from sproutcast_pi.app.options import RunOptions
from sproutcast_pi.config.last_good import LoadedConfig
from sproutcast_pi.config.settings import CameraOptions, CaptureOptions, NetworkOptions, Settings
from sproutcast_pi.services.boot.startup_status import StartupStatus
from sproutcast_pi.services.capture_keeper import CaptureKeeper
from sproutcast_pi.services.light_keeper import LightKeeper, LightRecorder, LightState
from sproutcast_pi.services.light_keeper.schedule_sync import initial_schedule
from sproutcast_pi.services.supervisor import Heartbeats
from sproutcast_pi.services.worker_process import WorkerFailedError
from sproutcast_pi.simulated.board import SimulatedBoard
from sproutcast_pi.simulated.event_driven_clock import EventDrivenClock
from sproutcast_pi.simulated.recording_light import RecordingLight
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.worker.answer import run_job

START = datetime(2027, 3, 20, tzinfo=UTC)
"""The clocks of Europe change within the month that follows."""
USERS = 6
"""Light keeper, capture keeper, housekeeper, profile keeper, update follower, gardener."""


class InProcessWorker:
    """The worker's own code without the child around it."""

    def run(self, job, deadline_s, stop):
        done = run_job(job)
        if done.error:
            raise WorkerFailedError(done.error)
        return done


class SimulatedMonth:
    """Runs the daemon for `days`, with somebody who waters the plants named in `watered`."""

    def __init__(self, folder, *, days, watered, interval_min=240, zone="Europe/Berlin"):
        self.clock = EventDrivenClock(START, USERS)
        self.light = RecordingLight(self.clock)
        settings = Settings(
            captures=CaptureOptions(interval_min=interval_min),
            camera=CameraOptions(source="simulated", width=960, height=720),
            network=NetworkOptions(listen=False),
        )
        settings = Settings(
            captures=settings.captures,
            camera=settings.camera,
            network=settings.network,
            device=type(settings.device)(time_zone=zone),
        )
        self.settings = settings
        self.days = days
        self.watered = watered
        self.schedule = initial_schedule(settings)
        options = RunOptions(data=folder, socket=folder / "s.sock")
        self.light_recorder = LightRecorder(folder)
        self.keeper = LightKeeper(
            light=self.light,
            clock=self.clock,
            board=SimulatedBoard(),
            memory=LightState(schedule=self.schedule),
            report=self.light_recorder.enqueue,
            trouble=self.light_recorder.set_output_error,
            tick_s=30.0,
        )
        context = DaemonContext(
            options=options,
            loaded=LoadedConfig(settings=settings),
            clock=self.clock,
            board=SimulatedBoard(),
            keeper=self.keeper,
            recorder=self.light_recorder,
            heartbeats=Heartbeats(self.clock.monotonic),
            startup=StartupStatus(folder, self.clock, root=folder),
            leave_safe_mode=lambda: None,
        )
        store = Store(options.database, clock=self.clock, device="spr-month")
        self.greenhouse = build_runtime(context, store, InProcessWorker())
        self.store = self.greenhouse.store

    def run(self):
        stop = threading.Event()
        light_recorder = threading.Thread(target=self.light_recorder.run, args=(stop,))
        gardener = threading.Thread(target=self._water_plants, args=(stop,))
        light_recorder.start()
        gardener.start()
        self.keeper.run(stop, lambda _target: None)
        self.light_recorder.wake()
        light_recorder.join(600)
        gardener.join(600)
        for service in self.greenhouse.services:
            if isinstance(service, CaptureKeeper):
                service.wake()

    def _water_plants(self, stop):
        """Water every other day at nine, and end the month."""
        waited = threading.Event()
        self.clock.wait(waited, 9 * 3600)
        for day in range(self.days):
            if day % 2 == 0:
                for plant in self.store.query("SELECT id, name FROM plant"):
                    if plant["name"] in self.watered:
                        self.store.call("log_care", {"plant_id": plant["id"], "kind": "water"}, caller=INTERNAL)
            self.clock.wait(waited, 86400)
        stop.set()
        self.keeper.changed.set()
        self.clock.leave()

    def close(self):
        for _ in range(USERS):
            self.clock.leave()
        self.greenhouse.stop(10)

    def lit_hours(self, day):
        begin = START + timedelta(days=day)
        return self.light.lit_seconds(begin, begin + timedelta(days=1)) / 3600
