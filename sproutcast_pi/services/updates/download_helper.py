"""Bring an update from its address to the privileged helper, which is root and has no network.

Each connection to the socket gets a program of its own, without user, files or rights (systemd starts it): the
privileged helper writes the address, one line; the program answers `ok`, or the reason as the JSON of a message, one
line, and then whatever is at the address.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import shutil
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

import msgspec

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.areas.causes import cause, reported
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.updates.bundle import UpdateError

NETWORK_TIMEOUT_S = 30.0
"""Without a byte for so long the network counts as gone."""
SOCKET_TIMEOUT_S = 2 * NETWORK_TIMEOUT_S
"""How long the privileged helper waits for a byte: the program has to start, and reports when the network is gone."""
GRACE_S = 300.0
MIN_BYTES_PER_S = 5_000
"""What arrives may be late by `GRACE_S` at this pace; slower, it ends."""
PACED_BUFFER = 1 << 16
LINE_LIMIT = 8192
"""Bytes of an address, and of a reason."""
OK = b"ok\n"

Fetch = Callable[[str], AbstractContextManager[IO[bytes]]]


@contextlib.contextmanager
def downloaded(url: str, socket_path: Path) -> Iterator[IO[bytes]]:
    """What is at `url`, fetched by the program behind `socket_path`. Raises UpdateError with its reason."""
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(socket.socket(socket.AF_UNIX))
        line.settimeout(SOCKET_TIMEOUT_S)
        try:
            line.connect(str(socket_path))
            line.sendall(url.encode() + b"\n")
            stream = stack.enter_context(io.BufferedReader(_PacedSocket(line), PACED_BUFFER))
            answer = stream.readline(LINE_LIMIT)
        except OSError as error:
            raise UpdateError(updates.NOT_DOWNLOADED(url=url, reason=cause(error))) from error
        if answer != OK:
            raise UpdateError(_reason(answer, url))
        yield stream


def serve_download(asked: IO[bytes], out: IO[bytes]) -> None:
    """Be that program: read the address, write the answer.

    Raises BrokenPipeError when nobody listens any more, and UpdateError when the network goes away midway.
    """
    url = asked.readline(LINE_LIMIT).decode(errors="replace").strip()
    try:
        answer = _open_url(url)
    except UpdateError as error:
        out.write(msgspec.json.encode(error.message) + b"\n")
    else:
        with answer:
            out.write(OK)
            try:
                shutil.copyfileobj(answer, out)
            except (TimeoutError, ConnectionResetError, http.client.HTTPException) as error:
                raise UpdateError(updates.DOWNLOAD_ENDED(url=url, reason=cause(error))) from error
    out.flush()


def _reason(answer: bytes, url: str) -> Message:
    """Why there is no update, as the program without rights wrote it; its text as it is where it can't be decoded."""
    try:
        message = msgspec.json.decode(answer, type=Message)
        english(message)
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, ValueError, TypeError):
        text = answer.decode(errors="replace").strip()
        return updates.NOT_DOWNLOADED(url=url, reason=reported(text) if text else updates.NO_DOWNLOADER())
    return message


class SlowDownloadError(SproutcastError, TimeoutError):
    """A download that arrives too slowly."""


class _PacedSocket(io.RawIOBase):
    """A socket whose sender must keep up a pace, so that nobody holds the updater by a byte now and then."""

    def __init__(self, line: socket.socket) -> None:
        super().__init__()
        self._line = line
        self._end = time.monotonic() + GRACE_S

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # the stubs' buffer is wider
        left = self._end - time.monotonic()
        if left <= 0:
            raise SlowDownloadError(updates.TOO_SLOW())
        self._line.settimeout(min(SOCKET_TIMEOUT_S, left))
        count = self._line.recv_into(buffer)
        self._end += count / MIN_BYTES_PER_S
        return count


class _WebRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirections within the web, and never from an encrypted address to a plain one."""

    def redirect_request(  # noqa: PLR0917 - the signature is urllib's
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        scheme = urllib.parse.urlsplit(newurl).scheme
        allowed = {"https"} if req.type == "https" else {"http", "https"}
        if scheme not in allowed:
            raise urllib.error.URLError(UpdateError(updates.BAD_REDIRECT(scheme=scheme or "?")))
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    """An opener that knows http and https alone; the usual one opens files and FTP, too."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
        _WebRedirects(),
    ):
        opener.add_handler(handler)
    return opener


def _open_url(url: str) -> IO[bytes]:
    if not url.startswith(("http://", "https://")):
        raise UpdateError(updates.NOT_DOWNLOADED(url=url, reason=updates.ONLY_WEB()))
    try:
        answer: IO[bytes] = _opener().open(url, timeout=NETWORK_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        raise UpdateError(updates.NOT_DOWNLOADED(url=url, reason=updates.HTTP_STATUS(status=error.code))) from error
    except (urllib.error.URLError, OSError, ValueError, http.client.HTTPException) as error:
        raise UpdateError(updates.NOT_DOWNLOADED(url=url, reason=cause(error))) from error
    return answer
