"""The panel's backlight, controlled through sysfs."""

from __future__ import annotations

import logging
from pathlib import Path

BACKLIGHTS = Path("/sys/class/backlight")
MIN_LEVEL = 0.05
"""Minimum brightness; below it the panel looks off."""
ON, OFF = "0", "4"
"""Values of bl_power (fb.h: FB_BLANK_UNBLANK, FB_BLANK_POWERDOWN)."""

log = logging.getLogger(__name__)


class PanelBacklight:
    """Backlight of a panel: brightness and power; does nothing for a panel without one."""

    def __init__(self, folder: Path = BACKLIGHTS) -> None:
        self._panel = next(iter(sorted(folder.glob("*"))), None)
        self._warned = False

    @property
    def present(self) -> bool:
        """Whether the panel has a controllable backlight."""
        return self._panel is not None

    def level(self, share: float) -> None:
        """Set the brightness, 0 to 1, with a visible minimum."""
        if self._panel is None:
            return
        try:
            most = int((self._panel / "max_brightness").read_text())
        except (OSError, ValueError) as fault:
            self._warn_once(fault)
            return
        self._write("brightness", str(max(1, round(max(MIN_LEVEL, min(1.0, share)) * most))))

    def power(self, *, on: bool) -> None:
        """Switch the backlight."""
        if self._panel is not None:
            self._write("bl_power", ON if on else OFF)

    def _write(self, name: str, value: str) -> None:
        assert self._panel is not None
        try:
            (self._panel / name).write_text(value)
        except OSError as fault:
            self._warn_once(fault)

    def _warn_once(self, fault: Exception) -> None:
        """Log the first failure."""
        if not self._warned:
            self._warned = True
            log.warning("The backlight %s can't be set: %s", self._panel, fault)
