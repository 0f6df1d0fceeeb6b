"""What the command line said, as one value."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import msgspec

from sproutcast_pi.config.settings import Settings


class RunOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How this run differs from the configuration."""

    config: Path | None = None
    data: Path
    camera: str | None = None
    light: str | None = None
    speed: float = 1.0
    start_at: datetime | None = None
    """Where the simulated clock begins; None: now."""
    socket: Path | None = None
    screen: bool = False

    @property
    def simulated_time(self) -> bool:
        """Whether time is not the real one."""
        return self.speed != 1.0 or self.start_at is not None

    @property
    def database(self) -> Path:
        """The store's file."""
        return self.data / "sproutcast.sqlite3"

    @property
    def pictures(self) -> Path:
        """The folder of photographs."""
        return self.data / "pictures"

    @property
    def socket_path(self) -> Path:
        """Where local clients reach the daemon."""
        if self.socket:
            return self.socket
        if "SPROUTCAST_SOCKET" in os.environ:
            return Path(os.environ["SPROUTCAST_SOCKET"])
        if "RUNTIME_DIRECTORY" in os.environ:
            return Path(os.environ["RUNTIME_DIRECTORY"]) / "sproutcast.sock"
        return self.data / "run" / "sproutcast.sock"

    def apply_to(self, settings: Settings) -> Settings:
        """The settings with what the command line says instead."""
        camera, light = settings.camera, settings.light
        if self.camera:
            camera = msgspec.structs.replace(camera, source=self.camera)
        if self.light:
            light = msgspec.structs.replace(light, output=self.light)
        return msgspec.structs.replace(settings, camera=camera, light=light)


def default_data() -> Path:
    """Where a run without `--data` keeps its things."""
    if "STATE_DIRECTORY" in os.environ:
        return Path(os.environ["STATE_DIRECTORY"])
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "sproutcast"
