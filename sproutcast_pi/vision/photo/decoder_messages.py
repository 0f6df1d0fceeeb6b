"""What OpenCV's decoders print on the process's error output while they decode: the only way they report damage.

libjpeg, libpng and libtiff go on after most faults and fill in what is missing; OpenCV hands that out as a picture.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_FROM_DECODER = re.compile(r"JPEG|libpng|libtiff|TIFF|grfmt_|Invalid SOS|Adobe colou?r")
_DAMAGE = re.compile(
    r"Corrupt JPEG data|Premature end|libpng error|[Nn]ot enough (image )?data|incomplete|"
    r"bad adaptive filter|truncated|Read error|decoding error|invalid (strip|code|distance|block)|Invalid code"
)
_STRAY_BYTES = re.compile(r"Corrupt JPEG data: (\d+) extraneous bytes before marker")
MAX_STRAY_BYTES = 64
"""Bytes between a picture's data and the next marker that some cameras leave; more is data that was lost."""
_MAX_READ = 100_000


class DecoderMessages:
    """Messages of one decoding."""

    def __init__(self) -> None:
        self.lines: tuple[str, ...] = ()

    @property
    def damage(self) -> str | None:
        """The first message by which part of the picture is not what was photographed."""
        return next((line for line in self.lines if _is_damage(line)), None)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The other messages, each once."""
        return tuple(dict.fromkeys(line for line in self.lines if not _is_damage(line) and not _is_stray(line)))


@contextmanager
def decoder_messages() -> Iterator[DecoderMessages]:
    """Collect what decoders print within the block; everything else goes on to the error output."""
    heard = DecoderMessages()
    try:
        before = os.dup(2)
    except OSError:  # without an error output nothing is printed
        yield heard
        return
    with tempfile.TemporaryFile() as printed:
        sys.stderr.flush()
        os.dup2(printed.fileno(), 2)
        try:
            yield heard
        finally:
            os.dup2(before, 2)
            os.close(before)
            printed.seek(0)
            text = printed.read(_MAX_READ).decode("utf-8", "replace")
            lines = text.splitlines(keepends=True)
            heard.lines = tuple(line.strip() for line in lines if _FROM_DECODER.search(line))
            for line in lines:
                if not _FROM_DECODER.search(line):
                    os.write(2, line.encode())


def _is_stray(line: str) -> bool:
    found = _STRAY_BYTES.search(line)
    return found is not None and int(found[1]) <= MAX_STRAY_BYTES


def _is_damage(line: str) -> bool:
    return _DAMAGE.search(line) is not None and not _is_stray(line)
