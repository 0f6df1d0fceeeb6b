"""The real screen in a real window: a finger walks through the wizard, and the daemon hears it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from importlib.util import find_spec

import pytest
from painted import photographs

from sproutcast_pi.protocol.client import Client

NEEDED = ("Xvfb", "xdotool")
PATIENCE_S = 60
LANGUAGE, NEXT = (350, 170), (575, 435)
"""Where "Deutsch" and "Next" stand at 800 by 480."""


class Settings:
    """What the daemon holds, as another client sees it."""

    def __init__(self, socket):
        self.values = {}
        self.changed = threading.Condition()
        self.client = Client(socket, name="witness")
        self.client.subscribe("SELECT * FROM setting", self.hear)
        self.client.start()

    def hear(self, message):
        with self.changed:
            for row in [
                *getattr(message, "rows", []),
                *getattr(message, "insert", []),
                *getattr(message, "update", []),
            ]:
                self.values[row["name"]] = row["value"]
            self.changed.notify_all()

    def wait(self, name, value, seconds):
        with self.changed:
            return self.changed.wait_for(lambda: self.values.get(name) == value, seconds)


@pytest.mark.slow
@pytest.mark.skipif(any(shutil.which(name) is None for name in NEEDED), reason="apt-get install xvfb xdotool")
@pytest.mark.skipif(find_spec("kivy") is None, reason="pip install -e '.[screen]'")
def test_a_finger_walks_through_the_wizard(tmp_path):
    config, socket = tmp_path / "sproutcast.toml", tmp_path / "s.sock"
    config.write_text("[gateway]\nport = 0\n")
    running = []

    def start(*command, **how):
        running.append(subprocess.Popen(command, stderr=subprocess.DEVNULL, **how))
        return running[-1]

    me = (sys.executable, "-m", "sproutcast_pi")
    try:
        glass = start("Xvfb", "-displayfd", "1", "-screen", "0", "800x480x24", stdout=subprocess.PIPE)
        display = f":{glass.stdout.readline().decode().strip()}"
        environ = {**os.environ, "DISPLAY": display, "STATE_DIRECTORY": str(tmp_path), "LP_NUM_THREADS": "1"}
        environ.pop("SDL_VIDEODRIVER", None)
        camera = f"replay:{photographs()}"
        start(
            *me,
            "run",
            "--config",
            str(config),
            "--data",
            str(tmp_path / "data"),
            "--camera",
            camera,
            "--light",
            "simulated",
            "--socket",
            str(socket),
        )
        witness = Settings(socket)
        start(*me, "screen", "--socket", str(socket), "--driver", "x11", env=environ)

        def tap(place):
            # A person's finger stays for a moment too.
            finger = ["mousemove", *map(str, place), "sleep", "0.2", "mousedown", "1", "sleep", "0.1", "mouseup", "1"]
            subprocess.run(["xdotool", *finger], env=environ, check=True, timeout=20)

        def tap_until(place, name, value):
            for count in range(PATIENCE_S):
                tap(place)
                if witness.wait(name, value, 1.0):
                    return count + 1
            raise AssertionError(f"{name} never became {value}: {witness.values}")

        tap_until(LANGUAGE, "language", '"de"')
        assert tap_until(NEXT, "setup_done", "true") >= 9
        witness.client.stop()
    finally:
        for process in reversed(running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
