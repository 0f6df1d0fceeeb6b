"""The real screen, offscreen, with its loop driven by the benchmark at a panel's frame rate."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ui import launch

PATIENCE_S = 90


class Window:
    """The screen connected to a daemon, with a count of drawn frames."""

    def __init__(self, socket: Path) -> None:
        display = launch.Display(width=800, height=480)
        launch.environment(display, os.environ, socket.parent, has_dri=False)
        launch.configure(display)
        launch.register_fonts()
        from kivy.base import EventLoop, runTouchApp
        from kivy.core.window import Window as KivyWindow
        from kivy.graphics.opengl import glFinish

        from sproutcast_pi.messages.formatter import LocalePreferences
        from sproutcast_pi.protocol.client import DaemonClient
        from ui.app import ScreenApp
        from ui.photos.source import SocketPhotoSource
        from ui.theme import DARK, Theme

        self._loop = EventLoop
        self.flips = 0
        self._drawn: frozenset[str] = frozenset()

        def flipped(*_: Any) -> None:
            glFinish()
            self.flips += 1
            self._drawn = frozenset(plant["name"] for plant in self._app.queries.plants())

        KivyWindow.bind(on_flip=flipped)
        theme = Theme(palette=DARK, width=800, height=480, px_per_mm=5.19)
        self._app = ScreenApp(
            theme=theme,
            preferences=LocalePreferences(),
            connection=DaemonClient(socket, name="screen"),
            source=SocketPhotoSource(socket),
        )
        self._app._run_prepare()
        runTouchApp(embedded=True)

    def shows(self, name: str) -> bool:
        """Whether the last frame showed a plant of this name."""
        return name in self._drawn

    def plant(self) -> Mapping[str, Any]:
        """The newest plant in the row cache."""
        return max(self._app.queries.plants(), key=lambda row: row["updated_at"])

    def until(self, true: Callable[[], bool]) -> None:
        """Run the loop until a condition holds."""
        end = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < end, "nothing came of it"
            self._loop.idle()

    def run(self, seconds: float) -> None:
        """Run the loop for a duration."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._loop.idle()

    def close(self) -> None:
        """Disconnect."""
        self._app.on_stop()
        for child in list(self._loop.window.children):
            self._loop.window.remove_widget(child)
