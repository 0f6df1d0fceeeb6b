"""Text files that people edit, decoded alike whichever editor saved them.

Editors on Windows put a byte order mark before the first letter, save as UTF-16 ("Unicode") and end lines with a
carriage return; none of that is part of the text.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.areas import files
from sproutcast_pi.messages.areas.causes import cause

MAX_BYTES = 1_000_000
"""A file that people edit is a page or two; anything larger is the wrong file."""
MAX_SECRET_BYTES = 10_000


def read_text_file(path: Path, *, max_bytes: int = MAX_BYTES) -> str:
    """Text of a file, its lines ended by line feeds alone. Raises ConfigError that names the file and the remedy."""
    try:
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except OSError as error:
        raise ConfigError(files.UNREADABLE(file=str(path), reason=cause(error))) from error
    if len(content) > max_bytes:
        raise ConfigError(files.TOO_LARGE(file=str(path), limit=max_bytes))
    return decode_text(content, str(path))


def decode_text(content: bytes, name: str) -> str:
    """Text of these bytes: UTF-8 or, behind its mark, UTF-16. Raises ConfigError that begins with `name`."""
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(files.NOT_UTF8(file=name, line=line, byte=error.start)) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_secret_file(path: Path) -> str:
    """The only line of a file, such as a password. Raises ConfigError without ever repeating what is in it."""
    lines = read_text_file(path, max_bytes=MAX_SECRET_BYTES).rstrip("\n").split("\n")
    if len(lines) > 1:
        raise ConfigError(files.TOO_MANY_LINES(file=str(path), n=len(lines)))
    if not lines[0]:
        raise ConfigError(files.EMPTY(file=str(path)))
    return lines[0]
