"""`sproutcast demo`: the whole appliance with a simulated greenhouse at speed, shown live in the terminal."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import commands

if TYPE_CHECKING:
    from sproutcast_pi.demo.dashboard import DemoDashboard

SPEED = 1800.0
"""A day in 48 s: a photograph every four seconds, and a dry plant within five minutes."""
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 8.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, being told to end, and a closed terminal."""
SCREEN_FAILED = "SELECT * FROM health WHERE part = 'screen_child' AND state = 'bad'"
CONFIG = """\
[captures]
interval_min = 120
[network]
host = "127.0.0.1"
[light]
ppfd_full = 250
"""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("demo", help="a simulated greenhouse at speed, shown live; nothing is kept")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="replay the photographs of this folder instead")
    parser.add_argument("--speed", type=float, default=SPEED, help="how many times as fast as life")
    parser.add_argument("--seconds", type=float, metavar="N", help="end after N seconds")
    parser.add_argument("--screen", action="store_true", help="open the touchscreen too")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Start a daemon in a folder of its own, watch it, look after two of three plants, clean up."""
    if args.screen:
        from sproutcast_pi.commands.screen import require_screen

        require_screen()
    camera = "simulated"
    if args.photos:
        if not args.photos.is_dir():
            raise SproutcastError(commands.NO_PHOTO_FOLDER(folder=str(args.photos)))
        camera = f"replay:{args.photos.resolve()}"
    for number in STOP_SIGNALS:
        signal.signal(number, _on_signal)
    with tempfile.TemporaryDirectory(prefix="sproutcast-demo-") as folder:
        data = Path(folder)
        (data / "config.toml").write_text(CONFIG, encoding="utf-8")
        with _daemon(data, camera, args) as daemon:
            return _watch(data, daemon, args, tends=not args.photos)


def _on_signal(_number: int, _frame: types.FrameType | None) -> None:
    """Stop the daemon and clean up, whoever asks; asking twice must not leave it half done."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextlib.contextmanager
def _daemon(data: Path, camera: str, args: argparse.Namespace) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "sproutcast_pi", "run", "--config", str(data / "config.toml"), "--data", str(data)]
    command += ["--camera", camera, "--light", "simulated", "--speed", str(args.speed)]
    command += ["--socket", str(data / "demo.sock")] + (["--screen"] if args.screen else [])
    with (data / "daemon.log").open("wb") as log:
        # A group of its own: Ctrl-C is for us, and we stop the daemon in order.
        daemon = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        yield daemon
    finally:
        if daemon.poll() is None:
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(daemon.pid, signal.SIGKILL)
                daemon.wait()


def _watch(data: Path, daemon: subprocess.Popen[bytes], args: argparse.Namespace, *, tends: bool) -> int:
    from sproutcast_pi.demo.dashboard import DemoDashboard
    from sproutcast_pi.protocol.client import DaemonClient, has_rows

    client = DaemonClient(data / "demo.sock", name="demo")
    board = DemoDashboard(client, args.speed, tends=tends)
    no_screen = threading.Event()
    client.start()
    try:
        _wait_for_connection(client, daemon, data)
        board.subscribe()
        if args.screen:
            client.subscribe(SCREEN_FAILED, lambda message: no_screen.set() if has_rows(message) else None)
        with contextlib.suppress(KeyboardInterrupt):
            _show(board, lambda: daemon.poll() is None and not no_screen.is_set(), args.seconds)
    finally:
        client.stop()
    if no_screen.is_set():
        raise SproutcastError(commands.SCREEN_CLOSED(log=_log_tail(data)))
    if daemon.poll() not in {None, 0}:
        raise SproutcastError(commands.DAEMON_ENDED(log=_log_tail(data)))
    print(board.summary())
    return 0


def _wait_for_connection(client: Any, daemon: subprocess.Popen[bytes], data: Path) -> None:
    end = time.monotonic() + START_TIMEOUT_S
    while not client.connected:
        if daemon.poll() is not None or time.monotonic() > end:
            raise SproutcastError(commands.DAEMON_NOT_STARTED(log=_log_tail(data)))
        time.sleep(0.05)


def _show(board: DemoDashboard, wanted: Callable[[], bool], seconds: float | None) -> None:
    end = time.monotonic() + (seconds or float("inf"))
    with board.live_display():
        while wanted() and time.monotonic() < end:
            board.refresh()
            time.sleep(0.25)


def _log_tail(data: Path) -> str:
    return "\n".join((data / "daemon.log").read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
