"""What is attacked: a daemon with all its doors open, a hub, and the broker between them, as real processes."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import apsw

from sproutcast_pi.store.paths import DATABASE
from tests.hostile.connections import ANSWER_S, Door
from tests.hostile.file_borders import peak_mb
from tests.hostile.lamp import Lamp
from tests.hostile.owner import Owner
from tests.services.mqtt.helpers import Mosquitto, free_port

ZONE = "Europe/Berlin"
CONFIG = """
[device]
time_zone = "{zone}"
[network]
host = "127.0.0.1"
port = {port}
first_phone = false
[camera]
width = 320
height = 240
[mqtt]
host = "127.0.0.1"
port = {broker}
[home_assistant]
enabled = true
[sync]
enabled = true
[captures]
interval_min = 600
"""
HUB = """
data = "{data}"
enrol = true
keep_session = false
[broker]
host = "127.0.0.1"
port = {broker}
[serving]
port = 0
[pairing]
port = {pairing}
"""


class Appliance(NamedTuple):
    """The doors of everything that runs, and who watches it."""

    folder: Path
    socket: Door
    network: Door
    broker: int
    hub_pairing: int
    device: str
    owner: Owner
    lamp: Lamp
    processes: dict[str, subprocess.Popen[bytes]]

    def log(self) -> str:
        """What daemon and hub wrote to their logs."""
        return "".join((self.folder / f"{name}.log").read_text(errors="replace") for name in self.processes)

    def peak_mb(self) -> dict[str, int]:
        """The most memory each process has had, MB."""
        return {name: peak_mb(process.pid) for name, process in self.processes.items()}

    def phone(self, role: str, address: str) -> Door:
        """A phone with a fresh token for `role`."""
        code = self.owner.call("start_pairing", role=role)["code"]
        asked = {"code": code, "name": f"the {role}"}
        status, answer = self.network._replace(source=address).request("POST", "/v1/pair", asked)
        assert status == 200, answer
        return self.network._replace(token=answer["token"], source=address)

    def hub_rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read the hub's own file beside it."""
        return _rows(self.folder / "hub" / "hub.db", sql)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read the daemon's file beside it."""
        return _rows(self.folder / "data" / DATABASE, sql)


@contextlib.contextmanager
def open_appliance(folder: Path, broker: Mosquitto) -> Iterator[Appliance]:
    """Start everything, and end it again. Fails when something ended by itself."""
    port, pairing = free_port(), free_port()
    (folder / "c.toml").write_text(CONFIG.format(zone=ZONE, port=port, broker=broker.port))
    (folder / "hub.toml").write_text(HUB.format(data=folder / "hub", broker=broker.port, pairing=pairing))
    at = folder / "s.sock"
    options = ["--config", "c.toml", "--data", "data", "--camera", "simulated", "--light", "simulated"]
    with contextlib.ExitStack() as ending:
        processes = {
            "daemon": _start(ending, folder, "daemon", ["run", *options, "--socket", str(at)]),
            "hub": _start(ending, folder, "hub", ["hub", "run", "--config", "hub.toml"]),
        }
        for awaited, name in ((at, "daemon"), (folder / "hub" / "hub.sock", "hub")):
            _await_file(awaited, processes[name], folder / f"{name}.log")
        owner = Owner(at)
        ending.callback(owner.stop)
        lamp = Lamp(folder / "data" / DATABASE, ZONE)
        ending.callback(lamp.close)
        device = (folder / "data" / "device-id").read_text().strip()
        yield Appliance(folder, Door(at), Door(port), broker.port, pairing, device, owner, lamp, processes)
        for name, process in processes.items():
            assert process.poll() is None, f"the {name} has ended: {(folder / f'{name}.log').read_text()[-2000:]}"


def _start(ending: contextlib.ExitStack, folder: Path, name: str, words: list[str]) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("wb") as log:
        child = subprocess.Popen([sys.executable, "-m", "sproutcast_pi", *words], cwd=folder, stderr=log, stdout=log)
    ending.callback(child.wait, ANSWER_S)
    ending.callback(child.terminate)
    return child


def _await_file(path: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + ANSWER_S
    while not path.exists():
        alive = process.poll() is None
        assert alive, log.read_text()[-2000:]
        assert time.monotonic() < until, log.read_text()[-2000:]
        time.sleep(0.02)


def _rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(60_000)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
