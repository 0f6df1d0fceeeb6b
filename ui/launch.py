"""Kivy's configuration before it is imported: display driver, window, frame rate."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import msgspec

from ui import theme

FONTS = Path(__file__).resolve().parent / "fonts"
MAX_FPS = 30
LIBRARIES = {"libGL.so.1": "libgl1"}
"""Libraries Kivy's window is linked to, by Debian package."""
EGL_LIBRARIES = {"libEGL.so.1": "libegl1", "libGLESv2.so.2": "libgles2"}
"""Libraries SDL loads without an X server."""


class Display(msgspec.Struct, frozen=True, kw_only=True):
    """The display: size in pixels, rotation, full screen or window."""

    width: int = 800
    height: int = 480
    px_per_mm: float | None = None
    rotation_deg: int = 0
    fullscreen: bool = False
    driver: str | None = None
    """SDL video driver: kmsdrm, x11, wayland, offscreen; None: see `driver`."""
    card: int | None = None
    """Number of the graphics card with the display, for kmsdrm; None: SDL's choice."""


def driver(requested: str | None, environ: Mapping[str, str], *, has_dri: bool) -> str | None:
    """Choose the SDL video driver.

    Never left to SDL on a machine without a desktop: it would silently draw into memory while the panel stays black.
    """
    if requested or environ.get("SDL_VIDEODRIVER"):
        return requested or environ["SDL_VIDEODRIVER"]
    if environ.get("WAYLAND_DISPLAY") and not environ.get("DISPLAY"):
        return "wayland"
    if environ.get("DISPLAY"):
        return "x11"
    return "kmsdrm" if has_dri else None


def environment(display: Display, environ: MutableMapping[str, str], state_dir: Path, *, has_dri: bool) -> str | None:
    """Set the environment variables of Kivy and SDL; returns the driver, None if there is no display."""
    chosen = driver(display.driver, environ, has_dri=has_dri)
    if chosen:
        environ["SDL_VIDEODRIVER"] = chosen
    if display.card is not None:
        environ.setdefault("SDL_KMSDRM_DEVICE_INDEX", str(display.card))
    environ.setdefault("KIVY_HOME", str(state_dir))
    environ.update(
        KIVY_NO_ARGS="1", KIVY_NO_FILELOG="1", KIVY_NO_CONFIG="1", KIVY_WINDOW="sdl2", KIVY_NO_CONSOLELOG="0"
    )
    environ.setdefault("KIVY_LOG_MODE", "PYTHON")
    return chosen


def configure(display: Display) -> None:
    """Configure Kivy; must run before anything imports its window."""
    from kivy.config import Config  # noqa: PLC0415 - the environment comes first

    settings: dict[str, Any] = {
        "width": display.width,
        "height": display.height,
        "maxfps": MAX_FPS,
        "multisamples": 0,  # costs three quarters of the frame rate in software; our shapes smooth their own edges
        "rotation": display.rotation_deg,
        "fullscreen": "auto" if display.fullscreen else 0,
        "show_cursor": 0 if display.fullscreen else 1,
        "resizable": 0 if display.fullscreen else 1,
    }
    for name, value in settings.items():
        Config.set("graphics", name, str(value))
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "log_level", "warning")
    Config.set("input", "mouse", "mouse,disable_multitouch")
    # SDL already delivers the panel's touches; a second provider would deliver each twice.
    for name, _ in Config.items("input"):
        if name != "mouse":
            Config.remove_option("input", name)


def missing_packages(driver: str) -> list[str]:
    """The Debian packages without which no window opens with this driver."""
    needed = LIBRARIES if driver == "x11" else LIBRARIES | EGL_LIBRARIES
    return [package for library, package in needed.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def register_fonts() -> None:
    """Register our fonts with Kivy."""
    from kivy.core.text import LabelBase  # noqa: PLC0415 - opens the window, so `configure` comes first

    LabelBase.register("Inter", str(FONTS / "Inter-Regular.otf"), fn_bold=str(FONTS / "Inter-SemiBold.otf"))
    LabelBase.register("IconsLine", str(FONTS / "icons-line.ttf"))
    LabelBase.register("IconsFilled", str(FONTS / "icons-filled.ttf"))


def density(display: Display) -> float:
    """Return the pixels per millimetre of the panel."""
    return theme.px_per_mm(display.width, display.height, display.px_per_mm)


def has_dri(folder: Path = Path("/dev/dri")) -> bool:
    """Return whether the machine has a display the kernel can drive."""
    return any(folder.glob("card*"))


def state_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Return a writable folder for Kivy: systemd's state folder, else the user's."""
    base = environ.get("STATE_DIRECTORY") or environ.get("XDG_STATE_HOME") or str(Path.home() / ".local/state")
    return Path(base.split(":")[0]) / "sproutcast-screen"
