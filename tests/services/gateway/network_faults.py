"""Networks between a phone and the gateway that can be cut without either end noticing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path

NET = f"10.231.{os.getpid() % 255}"
"""Of this process: another one may run the same tests beside us."""
HERE = f"{NET}.1"
THERE = f"{NET}.2"


class Namespace:
    """A phone in a network of its own, over a virtual cable; cut, the kernel drops every packet."""

    prefix = ("ip", "netns", "exec")

    def __init__(self) -> None:
        self.name = f"spr{os.getpid()}"
        self.host = HERE
        for words in (
            f"netns add {self.name}",
            f"link add {self.name} type veth peer name phone netns {self.name}",
            f"addr add {HERE}/30 dev {self.name}",
            f"link set {self.name} up",
            f"-n {self.name} addr add {THERE}/30 dev phone",
        ):
            _ip(words)
        self.restore()

    def command(self, *words: str) -> list[str]:
        return [*self.prefix, self.name, *words]

    def url(self, port: int) -> str:
        return f"http://{HERE}:{port}"

    def cut(self) -> None:
        _ip(f"-n {self.name} link set phone down")

    def restore(self) -> None:
        _ip(f"-n {self.name} link set phone up")

    def close(self) -> None:
        _ip(f"link del {self.name}")
        _ip(f"netns del {self.name}")

    @staticmethod
    def hindrance() -> str | None:
        """Why none can be made here; None where one can."""
        if shutil.which("ip") is None:
            return "ip is not installed; `make test` installs it"
        if os.geteuid() != 0:
            return "only root may make a network namespace"
        name = f"try{os.getpid()}"
        made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
        if made.returncode:
            return f"no network namespace can be made here: {made.stderr.strip()}"
        _ip(f"netns del {name}")
        return None


class Relay:
    """A relay on this computer; cut, it takes bytes and new connections and lets nothing through."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self._through = threading.Event()
        self._through.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = 0

    def command(self, *words: str) -> list[str]:
        return list(words)

    def url(self, port: int) -> str:
        self._port = port
        threading.Thread(target=self._accept, daemon=True).start()
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        self._through.clear()

    def restore(self) -> None:
        self._through.set()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self._through.wait()
        far = socket.create_connection(("127.0.0.1", self._port))
        threading.Thread(target=self._pump, args=(near, far), daemon=True).start()
        self._pump(far, near)

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                self._through.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            target.close()


CLIENT_SCRIPT = Path(__file__).with_name("phone.py")


def _ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True, capture_output=True)
