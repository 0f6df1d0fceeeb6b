"""Sources of photos: the daemon's socket."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import msgspec

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import screen
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message
from sproutcast_pi.protocol.messages import Refused

TIMEOUT_S = 15.0
MAX_BYTES = 40_000_000
"""Size limit of a photo; no Raspberry Pi camera exceeds it."""


class PhotoError(SproutcastError, OSError):
    """A photo or preview that can't be had."""


class PreviewImage(msgspec.Struct, frozen=True, kw_only=True):
    """One image of the live preview with its focus and exposure."""

    number: int
    jpeg: bytes
    sharpness: float
    """0 blurred to 1 sharp."""
    exposure: float
    """Mean brightness, 0 to 1."""
    burnt: float
    """Over-exposed share, 0 to 1."""


class PhotoSource(Protocol):
    """Interface of a photo source: photos by path, and live previews."""

    def read(self, path: str) -> bytes:
        """Return the file's bytes. Raises OSError."""

    def preview(self, after: int) -> PreviewImage:
        """Return a preview newer than number `after`; blocks. Raises OSError with a message when there is none."""


class SocketPhotoSource:
    """Photo source over the daemon's Unix socket."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path

    def read(self, path: str) -> bytes:
        """Return the file's bytes. Raises OSError when the daemon does not answer or has no such photo."""
        status, body, _ = self._get(f"/v1/pictures/{quote(path)}")
        if status != http.client.OK:
            raise PhotoError(screen.PHOTO_GONE(file=path, status=status))
        return body

    def preview(self, after: int) -> PreviewImage:
        """Return a preview newer than number `after`. Raises OSError with the daemon's reason when there is none."""
        status, body, headers = self._get(f"/v1/aim?after={after}")
        if status != http.client.OK:
            raise PhotoError(_refusal(body))
        return PreviewImage(
            number=int(headers.get("X-Number", 0)),
            jpeg=body,
            sharpness=float(headers.get("X-Sharpness", 0)),
            exposure=float(headers.get("X-Exposure", 0)),
            burnt=float(headers.get("X-Burnt", 0)),
        )

    def _get(self, target: str) -> tuple[int, bytes, Mapping[str, str]]:
        connection = http.client.HTTPConnection("localhost", timeout=TIMEOUT_S)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(TIMEOUT_S)
        try:
            connection.sock.connect(str(self._socket_path))
            connection.request("GET", target, headers={"Host": "localhost", "Connection": "close"})
            answer = connection.getresponse()
            return answer.status, answer.read(MAX_BYTES), dict(answer.headers)
        except http.client.HTTPException as fault:
            raise PhotoError(screen.BAD_ANSWER(reason=cause(fault))) from fault
        finally:
            connection.close()


def _refusal(body: bytes) -> Message:
    """The error message of a refused request."""
    try:
        return msgspec.json.decode(body, type=Refused).error().message
    except msgspec.MsgspecError:
        return screen.NO_PREVIEW()
