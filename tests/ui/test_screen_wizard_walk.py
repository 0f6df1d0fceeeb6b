"""The real screen in a real window: a finger walks through the whole wizard and home, and the daemon receives it."""

import os
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
from importlib.util import find_spec

import numpy as np
import pytest

from sproutcast_pi.protocol.client import DaemonClient
from tests.simulated.sample_photos import sample_photos

NEEDED = ("Xvfb", "xdotool")
PATIENCE_S = 60
NEXT = (578, 437)
TITLE = (slice(8, 60), slice(15, 420))
DEUTSCH, VIENNA, PHOTOGRAPH = (560, 174), (560, 174), (620, 360)
LAMP, IT_DID, TOGGLE = (400, 288), (296, 352), (724, 226)
LIGHT_PAGE, HALF_AN_HOUR = (45, 260), (655, 382)
"""Where things stand at 800 by 480."""


class StoreObserver:
    """What the daemon holds, as another client sees it."""

    def __init__(self, socket):
        self.settings, self.captures, self.light = {}, [], {}
        self.changed = threading.Condition()
        self.client = DaemonClient(socket, name="witness")
        self.client.subscribe("SELECT * FROM setting", lambda message: self.on_message(message, self._setting))
        self.client.subscribe("SELECT * FROM capture", lambda message: self.on_message(message, self.captures.append))
        self.client.subscribe("SELECT * FROM light", lambda message: self.on_message(message, self.light.update))
        self.client.start()

    def _setting(self, row):
        self.settings[row["name"]] = row["value"]

    def on_message(self, message, take):
        with self.changed:
            for name in ("rows", "insert", "update"):
                for row in getattr(message, name, []):
                    take(row)
            self.changed.notify_all()

    def wait(self, true, seconds):
        with self.changed:
            return self.changed.wait_for(true, seconds)

    def lit_by_hand(self):
        return self.light.get("now_reason") == "override"


class XvfbWindow:
    """A window of Xvfb's: its pixels, and a finger on it."""

    def __init__(self, picture, environ):
        self._picture, self._environ = picture, environ

    def pixels(self):
        data = self._picture.read_bytes()
        words = struct.unpack(">25I", data[:100])
        begin, line, height = words[0] + words[19] * 12, words[12], words[5]
        rows = np.frombuffer(data, np.uint8, line * height, begin).reshape(height, line // 4, 4)
        return rows[:, :, :3]

    def tap(self, place):
        # A person's finger stays for a moment too.
        finger = ["mousemove", *map(str, place), "sleep", "0.2", "mousedown", "1", "sleep", "0.1", "mouseup", "1"]
        subprocess.run(["xdotool", *finger], env=self._environ, check=True, timeout=20)

    def tap_until(self, place, true, what):
        """Touch a place until something is true: on a busy machine the screen may not be there yet."""
        for _ in range(PATIENCE_S):
            self.tap(place)
            if true():
                return
        raise AssertionError(f"never: {what}")

    def changes(self, region, before, seconds=3.0):
        end, pause = time.monotonic() + seconds, threading.Event()
        while time.monotonic() < end:
            if (np.abs(self.pixels()[region].astype(int) - before) > 40).sum() > 200:
                return True
            pause.wait(0.1)
        return False

    def turn(self, region, place):
        """Touch a place until what is drawn in a region is another thing."""
        before = self.pixels()[region].astype(int)
        self.tap_until(place, lambda: self.changes(region, before), f"another page after {place}")


@pytest.fixture
def start(tmp_path):
    running = []

    def run(*command, **how):
        running.append(subprocess.Popen(command, stderr=subprocess.DEVNULL, **how))
        return running[-1]

    yield run
    for process in reversed(running):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(any(shutil.which(name) is None for name in NEEDED), reason="apt-get install xvfb xdotool")
@pytest.mark.skipif(find_spec("kivy") is None, reason="pip install -e '.[screen]'")
def test_a_finger_walks_through_the_wizard(tmp_path, start):
    config, socket = tmp_path / "sproutcast.toml", tmp_path / "s.sock"
    config.write_text("[network]\nlisten = false\n")
    me = (sys.executable, "-m", "sproutcast_pi")
    sized = ("-screen", "0", "800x480x24", "-fbdir", str(tmp_path))
    display = start("Xvfb", "-displayfd", "1", *sized, stdout=subprocess.PIPE)
    display = f":{display.stdout.readline().decode().strip()}"
    environ = {**os.environ, "DISPLAY": display, "STATE_DIRECTORY": str(tmp_path), "LP_NUM_THREADS": "1"}
    environ.pop("SDL_VIDEODRIVER", None)
    simulated = ("--camera", f"replay:{sample_photos()}", "--light", "simulated", "--socket", str(socket))
    start(*me, "run", "--config", str(config), "--data", str(tmp_path / "data"), *simulated)
    seen = StoreObserver(socket)
    start(*me, "screen", "--socket", str(socket), "--driver", "x11", "--simulated-machine", env=environ)
    finger = XvfbWindow(tmp_path / "Xvfb_screen0", environ)

    def chosen(name, value):
        return lambda: seen.wait(lambda: seen.settings.get(name) == value, 2.0)

    finger.tap_until(DEUTSCH, chosen("language", '"de"'), "German")
    finger.turn(TITLE, NEXT)
    finger.tap_until(VIENNA, chosen("time_zone", '"Europe/Vienna"'), "Vienna")
    finger.turn(TITLE, NEXT)  # Wi-Fi
    finger.turn(TITLE, NEXT)  # camera
    finger.tap_until(
        PHOTOGRAPH, lambda: seen.wait(lambda: any(row["reason"] == "button" for row in seen.captures), 2.0), "a photo"
    )
    finger.turn(TITLE, NEXT)  # plants
    finger.turn(TITLE, NEXT)  # light
    finger.tap_until(LAMP, lambda: seen.wait(seen.lit_by_hand, 3.0), "light by hand")
    finger.tap_until(IT_DID, lambda: seen.wait(lambda: not seen.lit_by_hand(), 3.0), "back to the plan")
    finger.turn(TITLE, NEXT)  # Home Assistant
    finger.tap_until(TOGGLE, chosen("home_assistant_enabled", "true"), "Home Assistant")
    finger.turn(TITLE, NEXT)  # phone
    finger.turn(TITLE, NEXT)  # the last step
    finger.tap_until(NEXT, chosen("setup_done", "true"), "set up")
    # Home: its navigation leads to the light, and the light obeys.
    finger.tap(LIGHT_PAGE)
    finger.tap_until(HALF_AN_HOUR, lambda: seen.wait(seen.lit_by_hand, 3.0), "the lamp from the light page")
    seen.client.stop()
