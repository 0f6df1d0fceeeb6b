"""What the daemon has before its store is open, and every builder needs."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from sproutcast_pi.app.options import RunOptions
from sproutcast_pi.config.last_good import LoadedConfig
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.ports import Board, Clock
from sproutcast_pi.services.boot.startup_status import StartupStatus
from sproutcast_pi.services.light_keeper import LightKeeper, LightRecorder
from sproutcast_pi.services.supervisor import Heartbeats


class DaemonContext(msgspec.Struct, frozen=True, kw_only=True):
    """The parts that outlive a reload: options, clock, board and the light."""

    options: RunOptions
    loaded: LoadedConfig
    clock: Clock
    board: Board
    keeper: LightKeeper
    recorder: LightRecorder
    heartbeats: Heartbeats
    startup: StartupStatus
    leave_safe_mode: Callable[[], None]

    @property
    def settings(self) -> Settings:
        """The configuration with what the command line says instead."""
        return self.options.apply_to(self.loaded.settings)
