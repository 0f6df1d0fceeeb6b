"""Where the daemon is to be found from here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def daemon_socket(environment: Mapping[str, str] = os.environ) -> Path:
    """The daemon's Unix socket: `$SPROUTCAST_SOCKET`, else in the runtime directory, else with the data."""
    if "SPROUTCAST_SOCKET" in environment:
        return Path(environment["SPROUTCAST_SOCKET"])
    if "RUNTIME_DIRECTORY" in environment:
        return Path(environment["RUNTIME_DIRECTORY"]) / "sproutcast.sock"
    installed = Path("/run/sproutcast/sproutcast.sock")
    if installed.exists():
        return installed
    home = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(environment.get("STATE_DIRECTORY") or f"{home}/sproutcast") / "run" / "sproutcast.sock"
