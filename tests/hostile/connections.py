"""Raw connections to the gateway, through the Unix socket or over TCP with somebody's token."""

from __future__ import annotations

import contextlib
import json
import socket
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from sproutcast_pi.protocol import websocket

ANSWER_S = 60.0
"""Far longer than any answer takes; what has not come by then was never going to."""
JSON = ("/v1/subscribe", "v1.json.sproutcast")
BSATN = ("/v1/database/sproutcast/subscribe", "v3.bsatn.spacetimedb")


class UnansweredError(AssertionError):
    """Neither an answer nor the end of the connection came in time."""


class Door(NamedTuple):
    """Where the gateway is reached, and with whose token."""

    at: Path | int
    """A Unix socket, or a TCP port of this machine."""
    token: str = ""
    source: str = ""
    """The address of this machine that a TCP connection comes from."""

    def connect(self) -> socket.socket:
        """Open a connection."""
        if isinstance(self.at, Path):
            opened = socket.socket(socket.AF_UNIX)
            opened.settimeout(ANSWER_S)
            opened.connect(str(self.at))
            return opened
        source = (self.source, 0) if self.source else None
        return socket.create_connection(("127.0.0.1", self.at), timeout=ANSWER_S, source_address=source)

    def moved(self, draw: Random) -> Door:
        """The same door, reached from another address, which has rate limits of its own."""
        return self._replace(source=f"127.0.{draw.randrange(1, 200)}.{draw.randrange(1, 250)}")

    def authorization(self) -> dict[str, str]:
        """The header that shows the token."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def exchange(self, request: bytes) -> bytes:
        """Send a request and return all that comes until the daemon closes. Raises UnansweredError."""
        received = b""
        with self.connect() as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionError):
                connection.sendall(request)
            try:
                while piece := connection.recv(1 << 16):
                    received += piece
            except TimeoutError:
                raise UnansweredError(request[:200]) from None
            except ConnectionError:
                pass
        return received

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A proper request: its status and the decoded body."""
        content = b"" if body is None else json.dumps(body).encode()
        fields = {"Host": "127.0.0.1", "Connection": "close", "Content-Length": str(len(content))}
        lines = [f"{name}: {value}" for name, value in (fields | self.authorization()).items()]
        answer = self.exchange("\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + content)
        head, _, data = answer.partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]), json.loads(data)


class Wire:
    """A WebSocket to the daemon that is opened again whenever the daemon has closed it."""

    def __init__(self, door: Door, protocol: tuple[str, str]) -> None:
        self._door = door
        self._path, self._protocol = protocol
        self.codes: Counter[int] = Counter()
        """How often the daemon closed with which code."""
        self._open()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def frame(self) -> tuple[int, bytes] | None:
        """The next frame, None when the daemon has closed the connection. Raises UnansweredError."""
        while not self._frames:
            try:
                data = self._socket.recv(1 << 16)
            except ConnectionError:
                return None
            except TimeoutError:
                raise UnansweredError(f"no frame in {ANSWER_S:g} s") from None
            if not data:
                return None
            self._frames += self._reader.feed(data)
        opcode, payload = self._frames.pop(0)
        if opcode == websocket.CLOSE:
            self.codes[int.from_bytes(payload[:2], "big")] += 1
            return None
        return opcode, payload

    def send(self, payload: bytes, opcode: int) -> None:
        """Send one frame."""
        self._socket.sendall(websocket.encode_frame(opcode, payload, b"\1\2\3\4"))

    def try_frame(self, payload: bytes, opcode: int) -> None:
        """Send a frame and then a ping: the pong comes once it was read, unless the daemon closes."""
        with contextlib.suppress(BrokenPipeError, ConnectionError):
            self.send(payload, opcode)
            self.send(b"?", websocket.PING)
        while (found := self.frame()) is not None:
            if found == (websocket.PONG, b"?"):
                return
        self._socket.close()
        self._open()

    def _open(self) -> None:
        self._socket = self._door.connect()
        key = websocket.new_key()
        asked = websocket.handshake("127.0.0.1", self._path, key, self._protocol, self._door.authorization())
        self._socket.sendall(asked)
        received = b""
        while b"\r\n\r\n" not in received:
            piece = self._socket.recv(4096)
            assert piece, f"the handshake was answered by {received!r}"
            received += piece
        head, _, early = received.partition(b"\r\n\r\n")
        websocket.check_handshake(head, key, early)
        self._reader = websocket.FrameReader()
        self._frames = list(self._reader.feed(early))
