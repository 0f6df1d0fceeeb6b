"""Start the screen: choose the display, open the window, connect, draw."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from sproutcast_pi.signals import handle_signals
from sproutcast_pi.system_zone import system_zone
from ui import launch
from ui.launch import Display

NO_DISPLAY = (
    "There is no display to draw on: no /dev/dri/card*, and neither DISPLAY nor WAYLAND_DISPLAY is set. "
    "Connect a panel, or start from a desktop, or set SDL_VIDEODRIVER=offscreen to draw into memory."
)
VISIBLE_DRIVERS = frozenset({"kmsdrm", "x11", "wayland"})
"""Drivers whose picture somebody can see."""


def check_display(asked: str | None = None) -> str:
    """Return the display driver; raises OSError with a sentence when there is nothing to draw on, or with."""
    chosen = launch.driver(asked, os.environ, has_dri=launch.has_dri())
    if chosen is None:
        raise OSError(NO_DISPLAY)
    missing = launch.missing_packages(chosen)
    if missing:
        raise OSError(f"The screen can't be drawn without its libraries: sudo apt install {' '.join(missing)}")
    return chosen


def open_window(glass: Display) -> str:
    """Set Kivy up; returns the display driver. Raises OSError with a sentence when there is nothing to draw on."""
    chosen = check_display(glass.driver)
    state = launch.state_dir()
    state.mkdir(parents=True, exist_ok=True)
    launch.environment(glass, os.environ, state, has_dri=launch.has_dri())
    launch.configure(glass)
    launch.register_fonts()
    return chosen


def display_report(driver: str, width: int, height: int) -> dict[str, str]:
    """Return what to report about the screen; a picture nobody can see is never called well."""
    if driver in VISIBLE_DRIVERS:
        return {"state": "ok", "message": f"The screen is drawn by {driver}, {width} by {height}."}
    return {
        "state": "bad",
        "message": f"The screen draws into memory only ({driver}); nothing can be seen.",
        "advice": "Check that the panel's cable is seated, and that the screen's user may use the display.",
    }


def run(socket_path: Path, glass: Display, *, dark: bool = True, simulated_machine: bool = False) -> int:
    """Show the screen until it is closed. Raises OSError with a sentence when there is no display."""
    driver = open_window(glass)
    from kivy.core.window import Window  # noqa: PLC0415 - opens the window, so the set-up comes first

    from sproutcast_pi.protocol.client import DaemonClient  # noqa: PLC0415
    from ui.app import ScreenApp  # noqa: PLC0415
    from ui.i18n.formatter import LocalePreferences  # noqa: PLC0415
    from ui.machine.machine import Machine  # noqa: PLC0415
    from ui.machine.simulated import SimulatedTools  # noqa: PLC0415 - only when asked for
    from ui.photos.source import SocketPhotoSource  # noqa: PLC0415
    from ui.theme import DARK, LIGHT, Theme, px_per_mm  # noqa: PLC0415

    if Window is None:
        raise OSError(f"No window opens with the display driver {driver}; Kivy's reason is in the lines above.")
    if driver == "offscreen":
        _finish_every_frame(Window)
    draw_first_frame_twice(Window)
    tools = SimulatedTools()
    width, height = (int(side) for side in Window.size)
    app = ScreenApp(
        look=Theme(
            palette=DARK if dark else LIGHT,
            width=width,
            height=height,
            px_per_mm=px_per_mm(width, height, glass.px_per_mm),
        ),
        habits=LocalePreferences(time_zone=system_zone()),
        connection=DaemonClient(socket_path, name="screen"),
        source=SocketPhotoSource(socket_path),
        machine=Machine(tools, patient=tools) if simulated_machine else Machine(),
        report=display_report(driver, width, height),
    )

    handle_signals({signal.SIGTERM: app.request_stop})
    app.run()
    return 0


def draw_first_frame_twice(window: Any) -> None:
    """Draw once more after the first frame: with KMS the first one only sets the mode, and the panel stays black.

    Where everything to show is there before the first frame, nothing else would ask for a second.
    """
    from kivy.clock import Clock  # noqa: PLC0415 - as the window

    def flipped(*_: Any) -> None:
        window.unbind(on_flip=flipped)
        Clock.schedule_once(lambda _dt: window.canvas.ask_update())

    window.bind(on_flip=flipped)


def _finish_every_frame(window: Any) -> None:
    """Wait for each frame: nothing else slows an offscreen window down, and its queue would eat the memory."""
    from kivy.graphics.opengl import glFinish  # noqa: PLC0415

    window.bind(on_flip=lambda *_: glFinish())
