"""Event log on the card for what the volatile journal forgets, such as why the device last started."""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path

import msgspec

from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Clock

HALF_BYTES = 256_000
"""Two files of this size at most: thousands of events, and nothing a card would notice."""
MAX_TEXT = 2_000
NOW, OLD = "events.jsonl", "events.old.jsonl"
LOG = logging.getLogger(__name__)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened."""

    at: str
    trusted: bool
    """Whether the clock was known to be right."""
    kind: str
    text: str
    """In English."""
    message: Message | None = None
    """The same for other languages; None in events of older versions."""


class EventLog:
    """Appends events and reads the newest; an event that was noted survives the next power cut."""

    def __init__(self, folder: Path, clock: Clock, *, half_bytes: int = HALF_BYTES) -> None:
        """Use `events.jsonl` and `events.old.jsonl` in `folder`, which must exist."""
        self._now = folder / NOW
        self._old = folder / OLD
        self._clock = clock
        self._half_bytes = half_bytes

    def record(self, kind: str, message: Message) -> None:
        """Write down an event and sync it. A full or broken card loses the event, never the caller."""
        text = english(message)[:MAX_TEXT]
        event = Event(
            at=to_text(self._clock.now()), trusted=self._clock.trusted(), kind=kind, text=text, message=message
        )
        try:
            with contextlib.suppress(FileNotFoundError):
                if self._now.stat().st_size >= self._half_bytes:
                    self._now.replace(self._old)
            # A line feed first: what a power cut left half written stays a line of its own.
            with self._now.open("ab") as file:
                file.write(b"\n" + msgspec.json.encode(event) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            LOG.warning("an event could not be kept (%s): %s %s", error, kind, text)

    def newest(self, count: int) -> list[Event]:
        """The last `count` events, newest first."""
        return read_events(self._now.parent, count)


def read_events(folder: Path, count: int) -> list[Event]:
    """The last `count` events kept in `folder`, newest first; lines that can't be read are left out."""
    found: list[Event] = []
    for name in (OLD, NOW):
        with contextlib.suppress(OSError):
            for line in (folder / name).read_bytes().splitlines():
                with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
                    found.append(msgspec.json.decode(line, type=Event))
    return found[: -count - 1 : -1] if count > 0 else []
