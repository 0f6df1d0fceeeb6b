"""Facade over the machine's tools."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sproutcast_pi.messages.areas import screen
from sproutcast_pi.messages.message import Message
from ui.machine.backlight import PanelBacklight
from ui.machine.tools import MachineError, Run, run, run_long
from ui.machine.usb_drives import mounted_usb_drives
from ui.machine.wifi import WifiManager

LOG_LINES = 200


class Machine:
    """Facade over the machine's tools. Methods that block run through `later`."""

    def __init__(
        self,
        command: Run = run,
        *,
        patient: Run = run_long,
        mounts: Path = Path("/proc/mounts"),
        backlight: PanelBacklight | None = None,
        host: str | None = None,
    ) -> None:
        self._run = command
        self._run_patiently = patient
        self._mounts = mounts
        self._host = host
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="machine")
        self.wifi = WifiManager(command)
        self.backlight = backlight or PanelBacklight()

    def later(
        self,
        work: Callable[[], Any],
        post: Callable[[Callable[[], None]], None],
        done: Callable[[Any, Message | None], None],
    ) -> None:
        """Run `work` on the worker thread; `done` gets its value and None, or None and the error."""

        def aside() -> None:
            value: Any = None
            fault: Message | None = None
            try:
                value = work()
            except MachineError as error:
                fault = error.message
            post(lambda: done(value, fault))

        self._thread.submit(aside)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def backup(self, now: datetime, language: str) -> str:
        """Write a backup to the first USB stick; returns the file. Raises MachineError in `language`."""
        target = self._usb_drive() / f"sproutcast-{now:%Y-%m-%d-%H%M}.backup"
        self._run([*_command(language), "backup", str(target)])
        return str(target)

    def export_video(self, plant_id: int, name: str, now: datetime, language: str) -> str:
        """Write a plant's time-lapse to the first USB stick; returns the file. Raises MachineError in `language`."""
        plain = re.sub(r"[^\w-]+", "-", name).strip("-") or "plant"
        target = self._usb_drive() / f"{plain}-{now:%Y-%m-%d}.mp4"
        self._run_patiently([*_command(language), "timelapse", str(plant_id), str(target)])
        return str(target)

    def _usb_drive(self) -> Path:
        found = mounted_usb_drives(self._mounts.read_text(encoding="utf-8"))
        if not found:
            raise MachineError(screen.NO_STICK())
        return found[0]

    def log(self) -> str:
        """Return the newest lines of the daemon's log. Raises MachineError."""
        return self._run(["journalctl", "-u", "sproutcast", "-n", str(LOG_LINES), "-o", "short", "--no-pager"])

    @staticmethod
    def versions() -> dict[str, str]:
        """Return the versions of the installed software."""
        found = {"Python": sys.version.split()[0]}
        for name in ("sproutcast-pi", "kivy"):
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                continue
        return found

    def name(self) -> str:
        """Return the machine's host name."""
        return self._host or socket.gethostname()


def _command(language: str) -> list[str]:
    return [sys.executable, "-m", "sproutcast_pi", "--language", language]
