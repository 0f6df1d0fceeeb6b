"""The client's half of RFC 6455 without input or output: bytes in, frames out, and the reverse."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from collections.abc import Iterator

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.messages.message import Message

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
CONTINUATION = 0x0
FINAL = 0x80
MASKED = 0x80
SHORT, MEDIUM = 126, 127
MAX_MESSAGE = 64 * 1024 * 1024
"""More than any answer the gateway sends in one piece."""
MAX_HEADERS = 64 * 1024
SWITCHING_PROTOCOLS = 101
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class WebSocketError(SproutcastError, ConnectionError):
    """The other side does not speak WebSocket as it should."""


class HandshakeError(SproutcastError, ConnectionError):
    """The other side did not open a WebSocket; `status` is its HTTP status and `body` what it said."""

    def __init__(self, message: Message, status: int, body: bytes) -> None:
        super().__init__(message)
        self.status = status
        self.body = body


def new_key() -> str:
    """A fresh `Sec-WebSocket-Key`."""
    return base64.b64encode(os.urandom(16)).decode()


def handshake(host: str, path: str, key: str, subprotocol: str, headers: dict[str, str]) -> bytes:
    """The request that opens a WebSocket."""
    fields = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Protocol": subprotocol,
        **headers,
    }
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def check_handshake(response: bytes, key: str, body: bytes) -> None:
    """Accept the server's answer (its header bytes).

    Raises HandshakeError when it is anything but an opened WebSocket for `key`.
    """
    head, *lines = response.decode("latin-1").split("\r\n")
    status = int(word) if (word := head.split(" ")[1] if " " in head else "").isdigit() else 0
    if status != SWITCHING_PROTOCOLS:
        raise HandshakeError(phones.NO_WEBSOCKET(answer=repr(head[:80])), status, body)
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    expected = base64.b64encode(hashlib.sha1(key.encode() + GUID, usedforsecurity=False).digest()).decode()
    if fields.get("sec-websocket-accept") != expected:
        raise HandshakeError(phones.NOT_PROVEN(), status, body)


def encode_frame(opcode: int, payload: bytes, mask: bytes) -> bytes:
    """One final frame, masked with these four bytes as a client must."""
    length = len(payload)
    if length < SHORT:
        header = struct.pack("!BB", FINAL | opcode, MASKED | length)
    elif length < 1 << 16:
        header = struct.pack("!BBH", FINAL | opcode, MASKED | SHORT, length)
    else:
        header = struct.pack("!BBQ", FINAL | opcode, MASKED | MEDIUM, length)
    repeated = (mask * (length // 4 + 1))[:length]
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(length, "big")
    return header + mask + masked


class FrameReader:
    """Puts messages together from bytes in any pieces; one per connection."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._message = bytearray()
        self._opcode = CONTINUATION

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield (opcode, payload) of every message and control frame that is now whole.

        Raises WebSocketError on a frame a server must not send.
        """
        self._buffer += data
        while (frame := self._next_frame()) is not None:
            first, payload = frame
            opcode, final = first & 0x0F, first & FINAL
            if opcode >= CLOSE:
                yield opcode, payload
                continue
            if (opcode == CONTINUATION) == (self._opcode == CONTINUATION):
                raise WebSocketError("The server mixed up the pieces of two messages.")
            self._opcode = self._opcode or opcode
            self._message += payload
            if len(self._message) > MAX_MESSAGE:
                raise WebSocketError(f"The server sent a message of more than {MAX_MESSAGE} bytes.")
            if final:
                whole, kind = bytes(self._message), self._opcode
                self._message.clear()
                self._opcode = CONTINUATION
                yield kind, whole

    def _next_frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:  # noqa: PLR2004 - the two bytes every frame begins with
            return None
        first, length, start = buffer[0], buffer[1], 2
        if first & 0x70 or length & MASKED:
            raise WebSocketError("The server sent a frame with reserved bits or a mask.")
        if length == SHORT:
            start = 4
        elif length == MEDIUM:
            start = 10
        if len(buffer) < start:
            return None
        if start > 2:  # noqa: PLR2004 - bytes of a frame's head without a long length
            length = int.from_bytes(buffer[2:start], "big")
        if length > MAX_MESSAGE:
            raise WebSocketError(f"The server sent a frame of {length} bytes.")
        if len(buffer) < start + length:
            return None
        payload = bytes(buffer[start : start + length])
        del buffer[: start + length]
        return first, payload
