"""One open WebSocket over a Unix or TCP socket, driven from one thread and woken from any."""

from __future__ import annotations

import contextlib
import os
import select
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.protocol import websocket
from sproutcast_pi.protocol.messages import SUBPROTOCOL

PATH = "/v1/subscribe"
CONNECT_S = 5.0
IDLE_TIMEOUT_S = 40.0
"""The gateway pings every 15 s; two missed and the line is dead, whatever TCP believes."""
RECV_BYTES = 1 << 16


def open_socket(address: Path | str) -> tuple[socket.socket, str]:
    """A connected socket and the value of its `Host` header; `address` is a socket's path or an `http://` URL.

    Raises OSError when nobody is there.
    """
    if isinstance(address, Path) or not address.startswith("http://"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_S)
        try:
            connection.connect(str(address))
        except OSError:
            connection.close()
            raise
        return connection, "localhost"
    parts = urlsplit(address)
    if not parts.hostname:
        raise SproutcastError(phones.BAD_ADDRESS(address=address))
    connection = socket.create_connection((parts.hostname, parts.port or 80), timeout=CONNECT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection, parts.netloc


class WebSocketClient:
    """An open WebSocket. `messages` belongs to one thread; `wake` may be called from any."""

    def __init__(self, address: Path | str, headers: Mapping[str, str]) -> None:
        """Connect; raises OSError, or HandshakeError when the server refuses."""
        self._frames = websocket.FrameReader()
        self._socket, host = open_socket(address)
        try:
            self._first_bytes = self._handshake(host, headers)
        except BaseException:
            self._socket.close()
            raise
        self._wake_receiver, self._wake_sender = socket.socketpair()
        self._wake_sender.setblocking(False)

    def wake(self) -> None:
        """Make `messages` yield None soon."""
        with contextlib.suppress(OSError):  # full: it is awake already; closed: nobody is left to wake
            self._wake_sender.send(b"!")

    def send(self, text: bytes) -> None:
        """Send one message; raises OSError when the line is dead or has been full for five seconds."""
        self._send_frame(websocket.TEXT, text)

    def messages(self) -> Iterator[bytes | None]:
        """Yield each message, and None whenever woken; ends when the server closes; raises OSError when it is gone."""
        yield from self._read(self._first_bytes)
        while True:
            ready, _, _ = select.select([self._socket, self._wake_receiver], [], [], IDLE_TIMEOUT_S)
            if not ready:
                raise TimeoutError(f"the server has been silent for {IDLE_TIMEOUT_S:.0f} s")
            if self._wake_receiver in ready:
                self._wake_receiver.recv(RECV_BYTES)
                yield None
            if self._socket in ready:
                data = self._socket.recv(RECV_BYTES)
                if not data:
                    return
                yield from self._read(data)

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._send_frame(websocket.CLOSE, b"\x03\xe8")
        for each in (self._socket, self._wake_receiver, self._wake_sender):
            each.close()

    def _read(self, data: bytes) -> Iterator[bytes]:
        for opcode, payload in self._frames.feed(data):
            if opcode == websocket.PING:
                self._send_frame(websocket.PONG, payload)
            elif opcode == websocket.CLOSE:
                raise ConnectionResetError(payload[2:].decode(errors="replace") or "the server closed the connection")
            elif opcode == websocket.TEXT:
                yield payload

    def _send_frame(self, opcode: int, payload: bytes) -> None:
        self._socket.sendall(websocket.encode_frame(opcode, payload, os.urandom(4)))

    def _handshake(self, host: str, headers: Mapping[str, str]) -> bytes:
        """Open the WebSocket; returns what the server has sent beyond its answer."""
        key = websocket.new_key()
        self._socket.sendall(websocket.handshake(host, PATH, key, SUBPROTOCOL, dict(headers)))
        received = b""
        while b"\r\n\r\n" not in received:
            piece = self._socket.recv(RECV_BYTES)
            if not piece or len(received) > websocket.MAX_HEADERS:
                raise websocket.WebSocketError("The server hung up before it answered.")
            received += piece
        head, _, rest = received.partition(b"\r\n\r\n")
        websocket.check_handshake(head, key, rest)
        return rest
