"""Where photographs come from: the daemon's socket, or a folder."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

TIMEOUT_S = 10.0
MAX_BYTES = 40_000_000
"""No photograph of a Raspberry Pi camera is larger."""


class PhotoSource(Protocol):
    """Gives the bytes of a photograph by its path in the picture folder."""

    def read(self, path: str) -> bytes:
        """Return the file. Raises OSError when it can't be had."""


class Folder:
    """Photographs in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def read(self, path: str) -> bytes:
        """Return the file. Raises OSError when it is not there or not inside the folder."""
        found = (self._root / path).resolve()
        if not found.is_relative_to(self._root):
            raise FileNotFoundError(f"{path} lies outside the picture folder.")
        return found.read_bytes()


class OverSocket:
    """Photographs from the daemon, over its Unix socket."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path

    def read(self, path: str) -> bytes:
        """Return the file. Raises OSError when the daemon does not answer or has no such photograph."""
        connection = http.client.HTTPConnection("localhost", timeout=TIMEOUT_S)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(TIMEOUT_S)
        try:
            connection.sock.connect(str(self._socket_path))
            connection.request(
                "GET", f"/v1/pictures/{quote(path)}", headers={"Host": "localhost", "Connection": "close"}
            )
            answer = connection.getresponse()
            if answer.status != http.client.OK:
                raise FileNotFoundError(f"{path} is no longer kept ({answer.status}).")
            return answer.read(MAX_BYTES)
        except http.client.HTTPException as fault:
            raise OSError(f"The daemon's answer about {path} could not be read: {fault}") from fault
        finally:
            connection.close()
