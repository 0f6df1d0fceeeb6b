"""A real Mosquitto for tests: on loopback, on a port of its own, with the rules a test asks for."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import pytest

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
needs_mosquitto = pytest.mark.skipif(
    MOSQUITTO is None, reason="mosquitto is not installed; as root `make brokers` installs it"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def reserve_port() -> socket.socket:
    """A port of our own while this socket lives: nobody else is given it, and a broker (which reuses) may listen."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    return kept


class Mosquitto:
    """One broker; `start`, `stop` and `kill` may alternate, the port stays."""

    def __init__(self, folder: Path, rules: str = "allow_anonymous true\n") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._kept = reserve_port()
        self.port = self._kept.getsockname()[1]
        self.folder = folder
        self.rules = rules
        self.log = folder / "mosquitto.log"
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        # Started as root it would become another user, who may not read a test's files.
        user = "user root\n" if os.geteuid() == 0 else ""
        config.write_text(f"listener {self.port} 127.0.0.1\n{user}log_dest stderr\n{self.rules}")
        self._process = subprocess.Popen(
            [MOSQUITTO, "-v", "-c", str(config)], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        running = threading.Event()
        threading.Thread(target=self._read, args=(self._process.stderr, running), daemon=True).start()
        assert running.wait(60), f"mosquitto did not start: {self.log.read_text()}"

    def _read(self, stream, running):
        with self.log.open("ab") as log:
            for line in stream:
                log.write(line)
                log.flush()
                if b" running" in line:
                    running.set()

    def stop(self) -> None:
        self._end("terminate")

    def kill(self) -> None:
        self._end("kill")

    def _end(self, how: str) -> None:
        if self._process:
            getattr(self._process, how)()
            self._process.wait(60)
            self._process = None


@pytest.fixture
def mosquitto(tmp_path):
    """A broker that lets everybody in."""
    broker = Mosquitto(tmp_path / "mosquitto")
    broker.start()
    yield broker
    broker.kill()


def certificates(folder: Path, name: str = "localhost") -> Path:
    """An authority (ca.pem) and two certificates it signed: server.pem for `name`, client.pem; keys beside them."""
    folder.mkdir(parents=True, exist_ok=True)

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test authority")
    for who, subject in (("server", name), ("client", "a-device")):
        openssl("req", *key, "-keyout", f"{who}.key", "-out", f"{who}.csr", "-subj", f"/CN={subject}")
        (folder / f"{who}.ext").write_text(f"subjectAltName=DNS:{subject}\n")
        openssl(
            *("x509", "-req", "-in", f"{who}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"),
            *("-days", "2", "-out", f"{who}.pem", "-extfile", f"{who}.ext"),
        )
    return folder
