"""A panel in memory: starts the screen with given rows, draws frames, reads pixels and touches them."""

from __future__ import annotations

import os
import queue
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

from tests.simulated.sample_photos import sample_photos
from tests.ui import screen_fixtures as scene
from ui import launch
from ui.machine.machine import Machine
from ui.machine.simulated import SimulatedTools
from ui.photos import source
from ui.theme import DARK, LIGHT, Theme

ANSWERS = {
    "start_pairing": {
        "code": "482913",
        "role": "carer",
        "expires_at": scene.stamp(scene.NOW + timedelta(minutes=5)),
        "url": "http://sproutcast.local:9090",
    }
}


class RecordingClient:
    """The daemon's side of the connection, played by a test: records calls, answers on demand."""

    def __init__(self):
        self.calls = []
        self.watched = {}
        self.set_state = lambda *_: None
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
            future.set_result(ANSWERS.get(name, 1))
        return future

    def on_state(self, callback):
        self.set_state = callback


class FolderPhotoSource:
    """The daemon's photographs, from a folder; and a camera that sees what a test shows it."""

    def __init__(self, folder):
        self.folder = folder
        self.looks = queue.Queue()

    def read(self, path):
        return (self.folder / path).read_bytes()

    def see(self, sharpness=0.7, exposure=0.5, burnt=0.0, file="mint.jpg"):
        self.looks.put((self.read(file), sharpness, exposure, burnt))

    def preview(self, after):
        try:
            jpeg, sharpness, exposure, burnt = self.looks.get(timeout=0.2)
        except queue.Empty:
            raise OSError("The camera sends no picture.") from None
        return source.PreviewImage(number=after + 1, jpeg=jpeg, sharpness=sharpness, exposure=exposure, burnt=burnt)


def prepare(width, height):
    """Open the window of this process; once."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    display = launch.Display(width=width, height=height)
    launch.environment(
        display, os.environ, Path(os.environ.get("TMPDIR", "/tmp")) / "sproutcast-screen-tests", has_dri=False
    )
    launch.configure(display)
    launch.register_fonts()


class Panel:
    """The running screen under a test's hand."""

    def __init__(self, width=800, height=480, *, dark=True, large=False, language="en", rows=None, machine=None):
        from kivy.base import EventLoop, runTouchApp
        from kivy.clock import Clock
        from kivy.core.window import Window

        # Kivy's layouts remember the first application of a process; every panel is a new one.
        from kivy.lang.parser import global_idmap

        from sproutcast_pi.messages.formatter import LocalePreferences
        from ui.app import ScreenApp
        from ui.clock import PlantClock
        from ui.theme import px_per_mm

        object.__setattr__(global_idmap["app"], "_obj", None)
        Clock._max_fps = 0  # nobody looks: do not wait for the next frame's moment
        self.window = Window
        self.loop = EventLoop
        self.listeners = RecordingClient()
        self.photographs = FolderPhotoSource(sample_photos())
        theme = Theme(
            palette=DARK if dark else LIGHT,
            width=width,
            height=height,
            px_per_mm=px_per_mm(width, height),
            text_scale=1.25 if large else 1.0,
        )
        self.app = ScreenApp(
            theme=theme,
            preferences=LocalePreferences(language=language, time_zone="Europe/Berlin"),
            connection=self.listeners,
            source=self.photographs,
            clock=PlantClock(lambda: scene.NOW),
            machine=machine or Machine(SimulatedTools(), host="sproutcast"),
        )
        self.app._run_prepare()
        runTouchApp(embedded=True)
        self._stop_time()
        self.app.row_cache.set_link("live")
        rows = scene.everything() if rows is None else rows
        for row in rows.get("setting", []):
            if row["name"] == "language":
                row["value"] = f'"{language}"'
        for name, found in rows.items():
            self.app.row_cache.rows(name, found)
        self.app.row_cache.notify()
        self.settle()

    def _stop_time(self):
        """Nothing happens because a machine is slow: no minute passes, nobody is long away, what is said stays."""
        from ui import shell

        shell.TOAST_S = 3600.0
        self.app._minute.cancel()
        now = self.app.screensaver._last
        self.app.screensaver._monotonic = lambda: now

    def frame(self, count=1):
        from kivy.graphics.opengl import glFinish

        for _ in range(count):
            self.loop.idle()
            glFinish()  # else frames queue up in memory: nothing waits for an offscreen display

    def settle(self, frames=4):
        """Draw until the machine has answered and every photograph in sight is the one its place wants."""
        self.app.machine._thread.submit(int).result(60)
        self.frame(frames)
        still = 0
        for _ in range(1000):
            if self.app.textures.waiting:
                self.app.textures._threads.submit(int).result(60)  # behind whatever is being decoded now
                still = 0
            elif not all(self._placed(widget) for widget in self.app.holder.walk() if type(widget).__name__ == "Photo"):
                still = 0
            elif (still := still + 1) > 4:
                break
            self.frame()

    @staticmethod
    def _placed(photo):
        """Whether a photograph is the one its place wants."""
        request = photo._request
        if not photo.path or min(photo.size) < 4:
            return not photo._ask.is_triggered
        wanted = (photo.path, int(photo.width), int(photo.height), tuple(photo.crop) if photo.crop else None)
        if request is None or wanted != (request.path, request.width, request.height, request.crop):
            return False
        return photo._texture is not None

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

    # Fingers.

    def find(self, kind, /, **attributes):
        """Return the one widget in sight of a class (by name) with these attributes."""
        found = [
            widget
            for widget in self.app.holder.walk()
            if kind in {cls.__name__ for cls in type(widget).__mro__}
            and all(getattr(widget, name, None) == value for name, value in attributes.items())
        ]
        assert found, f"no {kind} with {attributes} in sight"
        return found[-1]

    def there(self, kind, /, **attributes):
        """Whether there is such a widget."""
        try:
            self.find(kind, **attributes)
        except AssertionError:
            return False
        return True

    def touch(self, x, y):
        from kivy.tests.common import UnitTestTouch

        return UnitTestTouch(x, y)

    def tap(self, target, **attributes):
        """Touch a widget in its middle, or a place."""
        if isinstance(target, str):
            target = self.find(target, **attributes)
        x, y = target if isinstance(target, tuple) else target.to_window(*target.center)
        finger = self.touch(x, y)
        finger.touch_down()
        self.frame(2)
        finger.touch_up()
        self.frame(3)

    def press(self, **attributes):
        """Touch a button."""
        button = self.find("Press", **attributes)
        assert not button.disabled, f"{attributes} can not be pressed"
        self.reveal(button)
        self.tap(button)

    def reveal(self, widget):
        """Scroll until a widget is in sight, as a person would."""
        from kivy.uix.scrollview import ScrollView

        parent = widget.parent
        while parent is not None and parent is not parent.parent:
            if isinstance(parent, ScrollView):
                parent.scroll_to(widget, padding=20, animate=False)
                self.frame(2)
                return
            parent = parent.parent

    def drag(self, start, end, steps=6):
        """Draw a finger over the glass."""
        finger = self.touch(*start)
        finger.touch_down()
        self.frame()
        for i in range(1, steps + 1):
            share = i / steps
            finger.touch_move(start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            self.frame()
        finger.touch_up()
        self.frame(2)

    def type(self, text):
        """Write on the docked keyboard."""
        for letter in text:
            self.tap("Key", name="space" if letter == " " else letter)

    @property
    def calls(self):
        """The calls so far."""
        return self.listeners.calls

    @property
    def toast(self):
        """What is said at the bottom now."""
        toast = self.app.shell._toast
        return toast.words if toast else ""
