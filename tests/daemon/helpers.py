"""The whole program as processes: start a daemon, talk to it, find its worker, kill either."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import apsw

from sproutcast_pi.protocol.client import DaemonClient
from tests.waiting import wait_until

START_WITHIN_S = 90.0


class DaemonProcess:
    """`sproutcast run` in a folder; `start` it again as often as it was killed."""

    def __init__(self, folder, *options, config=None, environment=None):
        self.folder = Path(folder)
        self.socket = self.folder / "s.sock"
        self.config = self.folder / "config.toml"
        self.config.write_text(config or "[network]\nlisten = false\n[captures]\ninterval_min = 10\n")
        self.options = options
        self.environment = environment or {}
        self.process = None
        self.log = self.folder / "daemon.log"

    def start(self):
        command = [
            sys.executable,
            "-m",
            "sproutcast_pi",
            "run",
            "--config",
            self.config,
            "--data",
            self.folder / "data",
        ]
        command += ["--socket", self.socket, *self.options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, "TZ": "UTC", **self.environment}
            )

    def alive(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(90)

    def stop_s(self):
        """Stop it; how long that took, beyond what its threads waited for a processor that others had."""
        waited = dict(self._runqueue_wait_s())
        before, began = sum(waited.values()), time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        wait_until(lambda: waited.update(self._runqueue_wait_s()) or not self.alive())
        return time.monotonic() - began - (sum(waited.values()) - before)

    def _runqueue_wait_s(self):
        """Seconds each thread was ready to run and did not."""
        for task in Path(f"/proc/{self.process.pid}/task").glob("*"):
            with contextlib.suppress(OSError, IndexError):
                yield task.name, int((task / "schedstat").read_text().split()[1]) / 1e9

    def worker(self):
        """The pid of the picture-taking child, if there is one right now."""
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            for task in children.parent.parent.iterdir():
                for pid in (task / "children").read_text().split():
                    return int(pid)
        return None

    def client(self):
        client = DaemonClient(self.socket, name="test")
        client.start()
        return client

    def connected(self, client):
        wait_until(lambda: client.connected or not self.alive(), START_WITHIN_S)
        assert self.alive(), self.log.read_text()[-3000:]

    def rows(self, sql, *values):
        """Read the database file itself, beside whoever has it open."""
        connection = apsw.Connection(str(self.folder / "data" / "sproutcast.sqlite3"), flags=apsw.SQLITE_OPEN_READONLY)
        connection.set_busy_timeout(60_000)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()


def kill_process(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def environment_without_display():
    """The environment of a machine without a display, whatever tests of the screen have set in this process."""
    return {name: text for name, text in os.environ.items() if not name.endswith("DISPLAY") and name[:4] != "SDL_"}
