"""Start-up of the screen: display driver, window, connection."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import msgspec

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import screen
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.signals import handle_signals
from sproutcast_pi.system_zone import system_zone
from ui import launch
from ui.launch import Display

VISIBLE_DRIVERS = frozenset({"kmsdrm", "x11", "wayland"})
"""Drivers with a visible display."""


class DisplayError(SproutcastError, OSError):
    """A display that can't be opened."""


def check_display(requested: str | None = None) -> str:
    """Return the display driver; raises DisplayError when there is no display or a package is missing."""
    chosen = launch.driver(requested, os.environ, has_dri=launch.has_dri())
    if chosen is None:
        raise DisplayError(screen.NO_DISPLAY())
    missing = launch.missing_packages(chosen)
    if missing:
        raise DisplayError(screen.NO_LIBRARIES(packages=" ".join(missing)))
    return chosen


def open_window(display: Display) -> str:
    """Configure Kivy; returns the display driver. Raises DisplayError when there is no display."""
    chosen = check_display(display.driver)
    state = launch.state_dir()
    state.mkdir(parents=True, exist_ok=True)
    launch.environment(display, os.environ, state, has_dri=launch.has_dri())
    launch.configure(display)
    launch.register_fonts()
    return chosen


def display_report(driver: str, width: int, height: int) -> dict[str, Any]:
    """Return the arguments of `report_screen`; an invisible display is never reported as ok."""
    if driver in VISIBLE_DRIVERS:
        return _report("ok", screen.DRAWN(driver=driver, width=width, height=height))
    return _report("bad", screen.INVISIBLE(driver=driver), screen.CHECK_PANEL())


def _report(state: str, message: Message, advice: Message | None = None) -> dict[str, Any]:
    coded = {"message": message} if advice is None else {"message": message, "advice": advice}
    texts = {name: english(text) for name, text in coded.items()}
    return {"state": state, **texts, "coded": msgspec.to_builtins(coded)}


def run(socket_path: Path, display: Display, *, dark: bool = True, simulated_machine: bool = False) -> int:
    """Run the screen until it is closed. Raises DisplayError when there is no display."""
    driver = open_window(display)
    from kivy.core.window import Window

    from sproutcast_pi.messages.formatter import LocalePreferences
    from sproutcast_pi.protocol.client import DaemonClient
    from ui.app import ScreenApp
    from ui.machine.machine import Machine
    from ui.machine.simulated import SimulatedTools
    from ui.photos.source import SocketPhotoSource
    from ui.theme import DARK, LIGHT, Theme, px_per_mm

    if Window is None:
        raise DisplayError(screen.NO_WINDOW(driver=driver))
    if driver == "offscreen":
        _finish_every_frame(Window)
    draw_first_frame_twice(Window)
    tools = SimulatedTools()
    width, height = (int(side) for side in Window.size)
    app = ScreenApp(
        theme=Theme(
            palette=DARK if dark else LIGHT,
            width=width,
            height=height,
            px_per_mm=px_per_mm(width, height, display.px_per_mm),
        ),
        preferences=LocalePreferences(time_zone=system_zone()),
        connection=DaemonClient(socket_path, name="screen"),
        source=SocketPhotoSource(socket_path),
        machine=Machine(tools, patient=tools) if simulated_machine else Machine(),
        report=display_report(driver, width, height),
    )

    handle_signals({signal.SIGTERM: app.request_stop})
    app.run()
    return 0


def draw_first_frame_twice(window: Any) -> None:
    """Draw a second frame after the first: with KMS the first one only sets the mode, and the panel stays black.

    If all content is there before the first frame, nothing else requests a second.
    """
    from kivy.clock import Clock

    def flipped(*_: Any) -> None:
        window.unbind(on_flip=flipped)
        Clock.schedule_once(lambda _dt: window.canvas.ask_update())

    window.bind(on_flip=flipped)


def _finish_every_frame(window: Any) -> None:
    """Wait for each frame: an offscreen window is not throttled otherwise, and its queue would grow without bound."""
    from kivy.graphics.opengl import glFinish

    window.bind(on_flip=lambda *_: glFinish())
