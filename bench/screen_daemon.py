"""Daemon in its own process, with one plant that another client renames."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sproutcast_pi.protocol.client import DaemonClient
from tests.simulated.sample_photos import sample_photos

PATIENCE_S = 60


class Daemon:
    """Daemon as a context manager."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "s.sock"
        config = folder / "sproutcast.toml"
        config.write_text("[gateway]\nport = 0\n", encoding="utf-8")
        command = [sys.executable, "-m", "sproutcast_pi", "run", "--config", str(config), "--data", str(folder / "d")]
        command += ["--camera", f"replay:{sample_photos()}", "--light", "simulated", "--socket", str(self.socket)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self._client = DaemonClient(self.socket, name="bench")
        self._plant = 0

    def __enter__(self) -> Self:
        live = threading.Event()
        self._client.on_state(lambda state, _reason: live.set() if state == "live" else None)
        self._client.start()
        assert live.wait(PATIENCE_S), "the daemon does not answer"
        self._plant = self._client.call("create_plant", {"name": "Basil"}).result(PATIENCE_S)
        self._client.call("set_setting", {"name": "setup_done", "value": True}).result(PATIENCE_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.stop()
        self._process.terminate()
        self._process.wait(PATIENCE_S)

    def rename(self, name: str) -> None:
        """Commit one change without waiting."""
        self._client.call("update_plant", {"plant_id": self._plant, "name": name})

    @staticmethod
    def stamp(plant: Mapping[str, Any]) -> datetime:
        """Start time of the change's transaction, shortly before its commit."""
        return datetime.fromisoformat(plant["updated_at"])
