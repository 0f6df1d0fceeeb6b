"""Where the daemon keeps its things: asked of the running one, else where it would."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.protocol.address import daemon_socket
from sproutcast_pi.protocol.http import http_request

DATABASE = "sproutcast.sqlite3"
PICTURES = "pictures"


class DataPaths(msgspec.Struct, frozen=True, kw_only=True):
    """The daemon's files."""

    database: Path
    pictures: Path
    running: bool
    """Whether a daemon that uses them answers."""


def find_data_paths(
    data: Path | None, socket: Path | None = None, environment: Mapping[str, str] = os.environ
) -> DataPaths:
    """Return the files in `data`; without it those of the daemon that runs, without one those it would use."""
    running = _running(socket or daemon_socket(environment))
    if running is not None and (data is None or running.parent == data.resolve()):
        return DataPaths(database=running, pictures=running.parent / PICTURES, running=True)
    if data is None:
        home = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
        data = Path(environment.get("STATE_DIRECTORY") or f"{home}/sproutcast")
    return DataPaths(database=data / DATABASE, pictures=data / PICTURES, running=False)


def _running(socket: Path) -> Path | None:
    try:
        return Path(http_request(socket, "POST", "/v1/call/locate_store", {})["value"])
    except (OSError, RefusedError):
        return None
