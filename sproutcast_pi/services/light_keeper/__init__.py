"""Keep the lamp as the schedule wants it: once a second compare wanted with set, and set."""

from sproutcast_pi.services.light_keeper.accounting import LightReport, LightState
from sproutcast_pi.services.light_keeper.keeper import Hold, LightKeeper
from sproutcast_pi.services.light_keeper.light_recorder import LightRecorder
from sproutcast_pi.services.light_keeper.state_file import load_state

__all__ = ["Hold", "LightKeeper", "LightRecorder", "LightReport", "LightState", "load_state"]
