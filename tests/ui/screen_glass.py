"""A panel in memory: starts the screen with given rows, draws frames, reads pixels and touches them."""

from __future__ import annotations

import os
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import screen_scene as scene

from ui import launch
from ui.theme import DARK, LIGHT, Look


class Ears:
    """The daemon's side of the connection, played by a test: remembers calls, answers when told to."""

    def __init__(self):
        self.calls = []
        self.watched = {}
        self.say_state = lambda *_: None
        self.refusal = None

    def start(self):
        pass

    def stop(self):
        pass

    def subscribe(self, sql, on_message, on_error=None):
        self.watched[sql] = on_message
        return self

    def close(self):
        pass

    def call(self, name, args=None):
        self.calls.append((name, args))
        future = Future()
        if self.refusal:
            future.set_exception(RuntimeError(self.refusal))
        else:
            future.set_result(1)
        return future

    def on_state(self, callback):
        self.say_state = callback


def prepare(width, height):
    """Open the window of this process; once."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    glass = launch.Glass(width=width, height=height)
    launch.environment(
        glass, os.environ, Path(os.environ.get("TMPDIR", "/tmp")) / "sproutcast-screen-tests", has_dri=False
    )
    launch.configure(glass)
    launch.register_fonts()


class Panel:
    """The running screen under a test's hand."""

    def __init__(self, width=800, height=480, *, dark=True, large=False, language="en", rows=None, machine=None):
        from kivy.base import EventLoop, runTouchApp
        from kivy.core.window import Window

        # Kivy's layouts remember the first application of a process; every panel is a new one.
        from kivy.lang.parser import global_idmap

        from ui.app import Dashboard
        from ui.clock import PlantClock
        from ui.pictures.source import Folder
        from ui.theme import px_per_mm
        from ui.tongue.tell import Habits

        object.__setattr__(global_idmap["app"], "_obj", None)
        self.window = Window
        self.loop = EventLoop
        self.ears = Ears()
        look = Look(
            palette=DARK if dark else LIGHT,
            width=width,
            height=height,
            px_per_mm=px_per_mm(width, height),
            text_scale=1.25 if large else 1.0,
        )
        self.app = Dashboard(
            look=look,
            habits=Habits(language=language, time_zone="Europe/Berlin"),
            connection=self.ears,
            source=Folder(scene.PHOTOGRAPHS),
            clock=PlantClock(lambda: scene.NOW),
            machine=machine,
        )
        self.app._run_prepare()
        runTouchApp(embedded=True)
        self.app.live.set_link("live")
        rows = scene.everything() if rows is None else rows
        for row in rows.get("setting", []):
            if row["name"] == "language":
                row["value"] = f'"{language}"'
        for name, found in rows.items():
            self.app.live.rows(name, found)
        self.app.live.tell()
        self.settle()

    def frame(self, count=1):
        from kivy.graphics.opengl import glFinish

        for _ in range(count):
            self.loop.idle()
            glFinish()  # else frames queue up in memory: nothing waits for an offscreen display

    def settle(self, frames=4):
        """Draw until every photograph asked for has arrived."""
        self.frame(frames)
        for _ in range(400):
            if not self.app.album._waiting:
                break
            self.frame()
        self.frame(2)

    def close(self):
        self.app.on_stop()
        for child in list(self.window.children):
            self.window.remove_widget(child)
        from kivy.clock import Clock

        for event in Clock.get_events():
            event.cancel()

    def pixels(self):
        """Return the drawn picture as rows from the top, RGB."""
        import numpy as np
        from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

        width, height = self.window.size
        self.window.canvas.ask_update()
        self.window.dispatch("on_draw")
        raw = glReadPixels(0, 0, int(width), int(height), GL_RGBA, GL_UNSIGNED_BYTE)
        self.window.dispatch("on_flip")
        return np.frombuffer(raw, np.uint8).reshape(int(height), int(width), 4)[::-1, :, :3]

    def save(self, path):
        import cv2

        cv2.imwrite(str(path), self.pixels()[:, :, ::-1])


AFTER = timedelta(seconds=1)
