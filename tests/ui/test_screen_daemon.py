"""The screen and a real daemon, in two processes; the daemon is killed and comes back."""

import os
import queue
import signal
import subprocess
import sys
import time

import pytest

from tests.waiting import wait_until

PATIENCE_S = 90.0


@pytest.fixture
def start_daemon(tmp_path):
    """Start the daemon with the simulated greenhouse on this test's socket."""
    running = []
    config = tmp_path / "sproutcast.toml"
    config.write_text("[network]\nlisten = false\n")

    def start():
        command = [
            sys.executable,
            "-m",
            "sproutcast_pi",
            "run",
            "--config",
            str(config),
            "--data",
            str(tmp_path / "data"),
        ]
        command += ["--camera", "simulated", "--light", "simulated", "--socket", str(tmp_path / "s.sock")]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        return running[-1]

    yield start
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(90)


@pytest.mark.slow
def test_a_killed_daemon_is_said_at_once_and_comes_back_by_itself(drawable, start_daemon, tmp_path):
    from kivy.base import EventLoop, runTouchApp
    from kivy.lang.parser import global_idmap

    from sproutcast_pi.messages.formatter import LocalePreferences
    from sproutcast_pi.protocol.client import DaemonClient
    from sproutcast_pi.protocol.websocket_client import IDLE_TIMEOUT_S
    from ui.app import ScreenApp
    from ui.photos.source import SocketPhotoSource
    from ui.theme import DARK, Theme

    object.__setattr__(global_idmap["app"], "_obj", None)
    socket = tmp_path / "s.sock"
    daemon = start_daemon()
    theme = Theme(palette=DARK, width=800, height=480, px_per_mm=5.19)
    app = ScreenApp(
        theme=theme,
        preferences=LocalePreferences(),
        connection=DaemonClient(socket, name="screen"),
        source=SocketPhotoSource(socket),
    )
    app._run_prepare()
    runTouchApp(embedded=True)

    def until(condition):
        return wait_until(condition, PATIENCE_S, between=EventLoop.idle)

    try:
        assert until(lambda: app.row_cache.link == "live" and app.queries.light() is not None)
        app.do("create_plant", {"name": "Kale"})
        assert until(lambda: any(plant["name"] == "Kale" for plant in app.queries.plants()))

        app.go("camera")
        app.shell.page.aim(True)
        assert until(lambda: app.shell.page.ids.finder.frame[2] > 0 and app.shell.page.focus_words)
        app.go("home")

        os.kill(daemon.pid, signal.SIGKILL)
        killed = time.monotonic()
        assert until(lambda: app.row_cache.link == "away" and app.shell.banner.parent is not None)
        assert time.monotonic() - killed < IDLE_TIMEOUT_S / 3, "a silence must not be what told it"
        assert any(plant["name"] == "Kale" for plant in app.queries.plants()), "the last state stays"
        daemon.wait()

        start_daemon()
        assert until(lambda: app.row_cache.link == "live" and app.shell.banner.parent is None)
        kale = next(plant for plant in app.queries.plants() if plant["name"] == "Kale")
        app.go("plant", plant_id=kale["id"])
        app.shell.page.log("water")
        assert until(lambda: any(row["kind"] == "water" for row in app.row_cache.table("care")))
    finally:
        app.on_stop()
        for child in list(EventLoop.window.children):
            EventLoop.window.remove_widget(child)


@pytest.mark.slow
def test_a_screen_that_is_asked_to_end_ends_without_complaint(drawable, start_daemon, tmp_path):
    from sproutcast_pi.protocol.client import DaemonClient

    start_daemon()
    socket = tmp_path / "s.sock"
    seen = queue.SimpleQueue()
    client = DaemonClient(socket, name="test")
    client.subscribe("SELECT * FROM health WHERE part = 'screen'", seen.put, seen.put)
    client.start()
    log = tmp_path / "screen.log"
    command = [sys.executable, "-m", "sproutcast_pi", "screen", "--socket", str(socket), "--driver", "offscreen"]
    with log.open("w") as output:
        screen = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        while not any(getattr(message := seen.get(timeout=PATIENCE_S), name, None) for name in ("rows", "insert")):
            assert message is not None
        screen.send_signal(signal.SIGTERM)
        assert screen.wait(PATIENCE_S) == 0, log.read_text()
        assert "Traceback" not in log.read_text()
    finally:
        client.stop()
        screen.kill()
        screen.wait()
