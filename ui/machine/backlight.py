"""The panel's backlight: one file the kernel gives, whatever the panel is called."""

from __future__ import annotations

import logging
from pathlib import Path

BACKLIGHTS = Path("/sys/class/backlight")
MIN_LEVEL = 0.05
"""Below this a panel can't be told from a dead one."""
ON, OFF = "0", "4"
"""bl_power as the kernel counts (fb.h: FB_BLANK_UNBLANK, FB_BLANK_POWERDOWN)."""

log = logging.getLogger(__name__)


class PanelBacklight:
    """Sets brightness and switches the light behind the panel; a panel without one ignores it."""

    def __init__(self, folder: Path = BACKLIGHTS) -> None:
        self._panel = next(iter(sorted(folder.glob("*"))), None)
        self._warned = False

    @property
    def present(self) -> bool:
        """Whether the panel's light can be set."""
        return self._panel is not None

    def level(self, share: float) -> None:
        """Set the brightness, 0 to 1; never so dark that the panel seems dead."""
        if self._panel is None:
            return
        try:
            most = int((self._panel / "max_brightness").read_text())
        except (OSError, ValueError) as fault:
            self._warn_once(fault)
            return
        self._write("brightness", str(max(1, round(max(MIN_LEVEL, min(1.0, share)) * most))))

    def power(self, *, on: bool) -> None:
        """Switch the light behind the panel."""
        if self._panel is not None:
            self._write("bl_power", ON if on else OFF)

    def _write(self, name: str, value: str) -> None:
        assert self._panel is not None
        try:
            (self._panel / name).write_text(value)
        except OSError as fault:
            self._warn_once(fault)

    def _warn_once(self, fault: Exception) -> None:
        """Say once that the panel does not obey."""
        if not self._warned:
            self._warned = True
            log.warning("The backlight %s can't be set: %s", self._panel, fault)
