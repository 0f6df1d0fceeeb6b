"""Keep the lamp as the schedule wants it: once a second compare wanted with set, and set."""

from sproutcast_pi.services.light_keeper.clerk import LightClerk
from sproutcast_pi.services.light_keeper.keeper import Hold, LightKeeper
from sproutcast_pi.services.light_keeper.memory import recall
from sproutcast_pi.services.light_keeper.record import LightMemory, LightReport

__all__ = ["Hold", "LightClerk", "LightKeeper", "LightMemory", "LightReport", "recall"]
