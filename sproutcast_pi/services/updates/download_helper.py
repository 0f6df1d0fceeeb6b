"""Bring an update from its address to the deputy, who is root and has no network.

Whoever connects to the socket gets a program of its own, without user, files or rights (systemd starts it): the deputy
writes the address, one line; the program answers `ok`, or why not, one line, and then whatever is at the address.
"""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from sproutcast_pi.services.updates.bundle import UpdateError

NETWORK_TIMEOUT_S = 30.0
"""Without a byte for so long the network counts as gone."""
SOCKET_TIMEOUT_S = 2 * NETWORK_TIMEOUT_S
"""How long the deputy waits for a byte: the program has to start, and tells by itself when the network is gone."""
LINE_LIMIT = 8192
"""Bytes of an address, and of a reason."""
OK = b"ok\n"

Fetch = Callable[[str], AbstractContextManager[IO[bytes]]]


@contextlib.contextmanager
def downloaded(url: str, door: Path) -> Iterator[IO[bytes]]:
    """What is at `url`, as the program behind the socket `door` brings it. Raises UpdateError with its reason."""
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(socket.socket(socket.AF_UNIX))
        line.settimeout(SOCKET_TIMEOUT_S)
        try:
            line.connect(str(door))
            line.sendall(url.encode() + b"\n")
            stream = stack.enter_context(line.makefile("rb"))
            answer = stream.readline(LINE_LIMIT)
        except OSError as error:
            raise UpdateError(f"The update could not be fetched from {url}: {error}.") from error
        if answer != OK:
            reason = answer.decode(errors="replace").strip()
            raise UpdateError(reason or f"The update could not be fetched from {url}: nobody brought it.")
        yield stream


def serve_download(asked: IO[bytes], out: IO[bytes]) -> None:
    """Be that program: read the address, write the answer.

    Raises BrokenPipeError when nobody listens any more, and UpdateError when the network goes away midway.
    """
    url = asked.readline(LINE_LIMIT).decode(errors="replace").strip()
    try:
        answer = _open_url(url)
    except UpdateError as error:
        out.write(f"{error}\n".encode())
    else:
        with answer:
            out.write(OK)
            try:
                shutil.copyfileobj(answer, out)
            except (TimeoutError, ConnectionResetError, http.client.HTTPException) as error:
                raise UpdateError(f"{url} broke off: {error}.") from error
    out.flush()


def _open_url(url: str) -> IO[bytes]:
    if not url.startswith(("http://", "https://")):
        raise UpdateError(f"The update could not be fetched from {url}: only http and https are.")
    try:
        answer: IO[bytes] = urllib.request.urlopen(url, timeout=NETWORK_TIMEOUT_S)  # noqa: S310 - http and https alone, as above
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise UpdateError(f"The update could not be fetched from {url}: {error}.") from error
    return answer
