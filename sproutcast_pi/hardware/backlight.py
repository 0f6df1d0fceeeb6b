"""The screen's backlight, found by looking, whatever this panel's driver calls it."""

from __future__ import annotations

from pathlib import Path

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import system
from sproutcast_pi.messages.areas.causes import cause

FOLDER = Path("/sys/class/backlight")
ON, OFF = "0", "4"
"""bl_power: FB_BLANK_UNBLANK and FB_BLANK_POWERDOWN."""


class SysfsBacklight:
    """One panel's backlight, in shares of its own maximum."""

    def __init__(self, entry: Path) -> None:
        self._entry = entry

    @property
    def name(self) -> str:
        """What the driver calls it: rpi_backlight, 10-0045, ..."""
        return self._entry.name

    def brightness(self) -> float:
        """Return the brightness, 0.0 to 1.0. Raises SproutcastError when it can't be read."""
        return self._number("brightness") / max(self._number("max_brightness"), 1)

    def set_brightness(self, share: float) -> None:
        """Set the brightness, 0.0 to 1.0; above 0 it never goes quite dark.

        Raises ValueError outside 0 to 1, SproutcastError when it may not be written.
        """
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"brightness {share} is not within 0 to 1")
        steps = round(share * self._number("max_brightness"))
        self._write("brightness", str(max(steps, 1) if share > 0 else 0))

    def switch(self, on: bool) -> None:
        """Light or blank the panel without touching its brightness; a driver that can't is dimmed to 0 instead."""
        if (self._entry / "bl_power").exists():
            self._write("bl_power", ON if on else OFF)
        elif not on:
            self._write("brightness", "0")

    def _number(self, name: str) -> int:
        try:
            return int((self._entry / name).read_text(encoding="ascii"))
        except (OSError, ValueError) as fault:
            raise SproutcastError(
                system.BACKLIGHT_UNREADABLE(name=self.name, file=name, reason=cause(fault))
            ) from fault

    def _write(self, name: str, value: str) -> None:
        try:
            (self._entry / name).write_text(value, encoding="ascii")
        except OSError as fault:
            raise SproutcastError(system.BACKLIGHT_NOT_SET(name=self.name, reason=cause(fault))) from fault


def find_backlight(folder: Path = FOLDER) -> SysfsBacklight | None:
    """Return the backlight below `folder`, the first by name that has a maximum; None: this screen has none to set."""
    if not folder.is_dir():
        return None
    return next(
        (SysfsBacklight(entry) for entry in sorted(folder.iterdir()) if (entry / "max_brightness").exists()), None
    )
