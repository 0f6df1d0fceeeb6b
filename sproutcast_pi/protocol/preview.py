"""What is said of one look through the camera; its JPEG follows on the pipe, and is the body over HTTP."""

from __future__ import annotations

import msgspec

from sproutcast_pi.messages.message import Message


class PreviewStats(msgspec.Struct, frozen=True, kw_only=True):
    """How one look came out; `error` is a sentence when there is no picture any more."""

    size: int = 0
    """Bytes of the JPEG."""
    sharpness: float = 0.0
    """0 blurred to 1 sharp, of the middle of the frame."""
    exposure: float = 0.0
    """Mean brightness, 0 to 1."""
    burnt: float = 0.0
    """Share of the picture that is over-exposed, 0 to 1."""
    error: str | None = None
    reason: Message | None = None
    """`error` as a message."""
