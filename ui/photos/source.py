"""Where photographs come from: the daemon's socket."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import msgspec

TIMEOUT_S = 15.0
MAX_BYTES = 40_000_000
"""No photograph of a Raspberry Pi camera is larger."""


class PreviewImage(msgspec.Struct, frozen=True, kw_only=True):
    """What the camera sees at one moment."""

    number: int
    jpeg: bytes
    sharpness: float
    """0 blurred to 1 sharp."""
    exposure: float
    """Mean brightness, 0 to 1."""
    burnt: float
    """Over-exposed share, 0 to 1."""


class PhotoSource(Protocol):
    """Gives the bytes of a photograph by its path in the picture folder, and what the camera sees now."""

    def read(self, path: str) -> bytes:
        """Return the file. Raises OSError when it can't be had."""

    def look(self, after: int) -> PreviewImage:
        """Return a look newer than number `after`; blocks. Raises OSError with a sentence when there is none."""


class SocketPhotoSource:
    """Photographs from the daemon, over its Unix socket."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path

    def read(self, path: str) -> bytes:
        """Return the file. Raises OSError when the daemon does not answer or has no such photograph."""
        status, body, _ = self._get(f"/v1/pictures/{quote(path)}")
        if status != http.client.OK:
            raise FileNotFoundError(f"{path} is no longer kept ({status}).")
        return body

    def look(self, after: int) -> PreviewImage:
        """Return a look newer than number `after`. Raises OSError with the daemon's reason when there is none."""
        status, body, headers = self._get(f"/v1/aim?after={after}")
        if status != http.client.OK:
            raise OSError(_refusal(body))
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
            raise OSError(f"The daemon's answer could not be read: {fault}") from fault
        finally:
            connection.close()


def _refusal(body: bytes) -> str:
    """The sentence of a refusal."""
    try:
        return str(msgspec.json.decode(body)["message"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return "The camera can't be looked through just now."
