"""WebSocket frames as a server sends them, so that one frame can go to many clients as it is."""

from __future__ import annotations

import struct

TEXT = 0x1
BINARY = 0x2
CLOSE = 0x8
PING = 0x9
PONG = 0xA
FINAL = 0x80
SHORT = 126
MEDIUM = 1 << 16


def encode_frame(opcode: int, payload: bytes) -> bytes:
    """One final, unmasked frame (RFC 6455, 5.2)."""
    length = len(payload)
    if length < SHORT:
        return struct.pack("!BB", FINAL | opcode, length) + payload
    if length < MEDIUM:
        return struct.pack("!BBH", FINAL | opcode, 126, length) + payload
    return struct.pack("!BBQ", FINAL | opcode, 127, length) + payload
