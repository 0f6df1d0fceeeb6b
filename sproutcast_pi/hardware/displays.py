"""Display detection: the kernel's state of each connector, or a desktop session."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

DRM = Path("/sys/class/drm")
"""Each connector is a folder like `card1-HDMI-A-1` whose `status` is connected, disconnected or unknown."""
WRITEBACK = "-Writeback-"
"""The vc4 driver's writeback connector renders into memory and always counts as connected (Linux
drivers/gpu/drm/vc4/vc4_txp.c): it is on every Pi and no display."""
DESKTOPS = ("DISPLAY", "WAYLAND_DISPLAY")


def display_connected(drm: Path = DRM, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a display is connected. A panel that can't be asked (unknown) counts as one."""
    if any(environment.get(name) for name in DESKTOPS):
        return True
    return display_card(drm) is not None


def display_card(drm: Path = DRM) -> int | None:
    """Return the number of the graphics card with a display; None without one.

    Several cards may be there: a Pi 5 has one for 3D without connectors, one for HDMI, one for each DSI connector.
    One that says connected comes before one that can't be asked.
    """
    connectors = [status for status in sorted(drm.glob("card*-*/status")) if WRITEBACK not in status.parent.name]
    for wanted in ("connected", "unknown"):
        for status in connectors:
            if _status(status) == wanted:
                return int(status.parent.name.partition("-")[0].removeprefix("card"))
    return None


def _status(status: Path) -> str:
    try:
        return status.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
