"""QEMU guest that boots a card image as a board does: firmware, boot menu, slots."""

from __future__ import annotations

import json
import select
import socket
import struct
import subprocess
import time
import zlib
from pathlib import Path
from typing import Any, Self

from machines import Machine, Virt

VIRT = Virt()
POLL_INTERVAL_S = 3.0
"""Each answer costs an emulated processor a shell."""
BOOT_LIMIT_S = 900.0
"""Emulated a boot takes one to three minutes, and ten where others need the machine, too."""


class GuestError(Exception):
    """Unmet expectation of a guest; the text names it and quotes the console."""


class Answer:
    """Output and exit status of a guest command."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out.strip()
        self.err = err.strip()


class Guest:
    """QEMU guest as a context manager: `with Guest(card, work) as guest: guest.sh("...")`. Writes go to the card."""

    def __init__(self, card: Path, work: Path, machine: Machine = VIRT) -> None:
        """Prepare the guest without starting it."""
        self.card = card
        self.work = work
        self._machine = machine
        self._process: subprocess.Popen[bytes] | None = None
        self._agent: socket.socket | None = None
        self._received = b""
        self._requests = 0
        work.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Power on."""
        for name in ("agent", "qmp"):
            (self.work / name).unlink(missing_ok=True)
        arguments = self._machine.arguments(self.card, self.work)
        monitor = f"unix:{self.work / 'qmp'},server=on,wait=off"
        self._process = subprocess.Popen(
            ["nice", "-n", "10", *arguments, "-display", "none", "-qmp", monitor], start_new_session=True
        )
        self._connect()

    def _connect(self) -> None:
        end = time.monotonic() + BOOT_LIMIT_S
        while True:
            self._assert_running()
            agent = socket.socket(socket.AF_UNIX)
            try:
                agent.connect(str(self.work / "agent"))
            except OSError:
                agent.close()
                if time.monotonic() > end:
                    raise GuestError("QEMU did not start") from None
                time.sleep(0.2)
            else:
                self._agent, self._received = agent, b""
                return

    def serial(self) -> str:
        """Output of the serial console."""
        log = self.work / "serial.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def wait_for_agent(self, within_s: float = BOOT_LIMIT_S) -> None:
        """Wait until the guest's agent answers."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            if any("hello" in message for message in self._messages(1.0)):
                return
            self._assert_running()
        raise GuestError(f"no sign of life within {within_s:.0f} s; last words:\n{self.serial()[-1500:]}")

    def sh(self, command: str, within_s: float = 60.0) -> Answer:
        """Run a shell command in the guest."""
        assert self._agent
        self._requests += 1
        self._agent.sendall(json.dumps({"id": self._requests, "run": command, "within": within_s}).encode() + b"\n")
        end = time.monotonic() + within_s + 30
        while time.monotonic() < end:
            for message in self._messages(1.0):
                if message.get("id") == self._requests:
                    return Answer(message["code"], message["out"], message["err"])
            self._assert_running()
        raise GuestError(f"no answer to: {command}")

    def wait_until(self, command: str, within_s: float = 180.0) -> Answer:
        """Poll a command until it succeeds."""
        end = time.monotonic() + within_s
        while True:
            answer = self.sh(command, 90)
            if answer.code == 0:
                return answer
            if time.monotonic() > end:
                raise GuestError(f"never came true: {command}\n{answer.out}\n{answer.err}")
            time.sleep(POLL_INTERVAL_S)

    def send(self, command: str) -> None:
        """Run a command without waiting for its answer."""
        assert self._agent
        self._requests += 1
        self._agent.sendall(json.dumps({"id": self._requests, "run": command}).encode() + b"\n")

    def screenshot(self, path: Path) -> int:
        """Save the display as PNG; returns its number of colours. A text console has a handful, our pages hundreds."""
        ppm = path.with_suffix(".ppm")
        self.monitor(f"screendump {ppm}")
        content = ppm.read_bytes()
        path.write_bytes(png(content))
        ppm.unlink()
        pixels = content.split(b"\n", 3)[3]
        return len({pixels[at : at + 3] for at in range(0, len(pixels), 3)})

    def tap(self, x: float, y: float) -> None:
        """Touch at `x`, `y`, each a fraction of the panel."""
        for axis, value in (("x", x), ("y", y)):
            event = {"type": "abs", "data": {"axis": axis, "value": int(value * 32767)}}
            self.qmp("input-send-event", {"events": [event]})
        time.sleep(0.6)
        for down in (True, False):
            self.qmp("input-send-event", {"events": [{"type": "btn", "data": {"down": down, "button": "left"}}]})
            time.sleep(0.4)

    def monitor(self, command: str) -> str:
        """Run a command of QEMU's monitor."""
        return str(self.qmp("human-monitor-command", {"command-line": command}))

    def qmp(self, command: str, arguments: dict[str, Any] | None = None) -> Any:
        """Run a QMP command; returns its result."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.work / "qmp"))
            stream = connection.makefile("rw")
            stream.readline()
            result: Any = None
            for request in ({"execute": "qmp_capabilities"}, {"execute": command, "arguments": arguments or {}}):
                stream.write(json.dumps(request) + "\n")
                stream.flush()
                while True:
                    reply = json.loads(stream.readline())
                    if "error" in reply:
                        raise GuestError(f"{command}: {reply['error']['desc']}")
                    if "return" in reply:
                        result = reply["return"]
                        break
        return result

    def kill(self) -> None:
        """Cut the power."""
        if self._agent:
            self._agent.close()
            self._agent = None
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def wait_for_reboot(self, within_s: float = BOOT_LIMIT_S) -> None:
        """Wait until the guest answers after a reset."""
        self.wait_for_agent(within_s)

    def _assert_running(self) -> None:
        if self._process and self._process.poll() is not None:
            raise GuestError("QEMU ended by itself")

    def _messages(self, within_s: float) -> list[dict[str, Any]]:
        assert self._agent
        if not select.select([self._agent], [], [], within_s)[0]:
            return []
        data = self._agent.recv(1 << 16)
        if not data:
            self._assert_running()
            raise GuestError("QEMU closed the line")
        self._received += data
        *lines, self._received = self._received.split(b"\n")
        return [json.loads(line) for line in lines if line.startswith(b"{")]


def png(ppm: bytes) -> bytes:
    """A binary PPM as PNG."""
    _, size, _, pixels = ppm.split(b"\n", 3)
    width, height = map(int, size.split())
    rows = b"".join(b"\0" + pixels[y * width * 3 : (y + 1) * width * 3] for y in range(height))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
