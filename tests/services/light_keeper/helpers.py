"""A light keeper on simulated ports, turned by hand."""

from datetime import UTC, datetime, timedelta

from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.services.light_keeper import LightKeeper, LightState
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.simulated.recording_light import RecordingLight


class FakeBoard:
    """A board whose temperature and supply a test sets."""

    def __init__(self):
        self.celsius = 40.0
        self.weak = False

    def temperature_c(self):
        return self.celsius

    def undervoltage(self):
        return self.weak

    def serial(self):
        return None


class LightKeeperHarness:
    """Clock, light, board and keeper, with everything that was reported."""

    def __init__(self, begin=datetime(2027, 6, 1, tzinfo=UTC), memory=None, clock=None, light=None, **schedule):
        self.clock = clock or FakeClock(begin)
        self.light = light or RecordingLight(self.clock)
        self.board = FakeBoard()
        self.reports = []
        self.troubles = []
        self.keeper = LightKeeper(
            light=self.light,
            clock=self.clock,
            board=self.board,
            memory=memory or LightState(schedule=LightSchedule(**schedule)),
            report=self.reports.append,
            trouble=self.troubles.append,
        )

    def run(self, seconds, step=1.0):
        """Tick through so many seconds."""
        end = self.clock.monotonic() + seconds
        target = self.keeper.tick()
        while self.clock.monotonic() < end:
            self.clock.advance(min(step, end - self.clock.monotonic()))
            target = self.keeper.tick()
        return target

    def lit_hours(self, begin, hours=24.0):
        """Hours the lamp really burned from `begin` on."""
        return self.light.lit_seconds(begin, begin + timedelta(hours=hours)) / 3600
