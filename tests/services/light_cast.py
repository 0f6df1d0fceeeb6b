"""A light keeper on simulated ports, turned by hand."""

from datetime import UTC, datetime, timedelta

from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.services.light_keeper import LightKeeper, LightMemory
from sproutcast_pi.simulated.clocks import TurnableClock
from sproutcast_pi.simulated.remembering_light import RememberingLight


class QuietBoard:
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


class Lamp:
    """Clock, light, board and keeper, with everything that was reported."""

    def __init__(self, begin=datetime(2027, 6, 1, tzinfo=UTC), memory=None, clock=None, light=None, **schedule):
        self.clock = clock or TurnableClock(begin)
        self.light = light or RememberingLight(self.clock)
        self.board = QuietBoard()
        self.reports = []
        self.troubles = []
        self.keeper = LightKeeper(
            light=self.light,
            clock=self.clock,
            board=self.board,
            memory=memory or LightMemory(schedule=LightSchedule(**schedule)),
            report=self.reports.append,
            trouble=self.troubles.append,
        )

    def run(self, seconds, step=1.0):
        """Tick through so many seconds."""
        end = self.clock.monotonic() + seconds
        wish = self.keeper.tick()
        while self.clock.monotonic() < end:
            self.clock.turn(min(step, end - self.clock.monotonic()))
            wish = self.keeper.tick()
        return wish

    def lit_hours(self, begin, hours=24.0):
        """Hours the lamp really burned from `begin` on."""
        return self.light.lit_seconds(begin, begin + timedelta(hours=hours)) / 3600
