"""The daemon with its simulated greenhouse, as a process that can be killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import apsw

from sproutcast_pi.protocol.client import DaemonClient

CONFIG = """\
[device]
name = "Sproutcast"
[mqtt]
host = "localhost"
port = {port}
tls = true
ca_file = "{keys}/ca.pem"
certificate_file = "{keys}/client.pem"
key_file = "{keys}/client.key"
[home_assistant]
enabled = true
max_photo_kb = 4000
[network]
listen = false
[captures]
interval_min = 60
"""


START_S = 120
"""Two seconds where nothing else runs."""


class GreenhouseDaemon:
    """`sproutcast run` in a folder."""

    def __init__(self, folder: Path, broker_port: int, keys: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.data = folder / "data"
        self._config = folder / "config.toml"
        self._config.write_text(CONFIG.format(port=broker_port, keys=keys))
        self._socket = folder / "s.sock"
        self._process: subprocess.Popen | None = None
        self._client = DaemonClient(self._socket, name="test")
        self._client.start()

    def start(self) -> None:
        """Start the daemon; calls wait until it answers."""
        command = [sys.executable, "-m", "sproutcast_pi", "run", "--config", self._config, "--data", self.data]
        with (self.folder / "daemon.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*map(str, command), "--socket", str(self._socket), "--camera", "simulated"], stdout=log, stderr=log
            )
        connected = threading.Event()
        self._client.on_state(lambda state, _: connected.set() if state == "live" else None)
        assert connected.wait(START_S), self.log()

    def kill(self) -> None:
        """As a power cut would."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Stop it in order."""
        self._client.stop()
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)

    def do(self, reducer: str, **args):
        """Call a reducer, and again until the daemon is there."""
        return self._client.call(reducer, args).result(30)

    def rows(self, sql: str, *values) -> list[dict]:
        """Read the database beside the daemon."""
        connection = apsw.Connection(str(self.data / "sproutcast.sqlite3"), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            cursor = connection.execute(sql, values)
            return [dict(zip([name for name, *_ in cursor.getdescription()], row, strict=True)) for row in cursor]
        except apsw.ExecutionCompleteError:
            return []
        finally:
            connection.close()

    def row(self, sql: str, *values) -> dict:
        """The only row."""
        return self.rows(sql, *values)[0]

    def log(self) -> str:
        """What it said."""
        return (self.folder / "daemon.log").read_text(errors="replace")
