"""What an update need not bring about, since it was broken before: else no update could ever mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.message import Message

Part = Literal["light", "screen"]
"""What may stay broken. A database that can't be written, or a program that falls, never may."""

FAILURE_NOTES: Mapping[Part, Message] = {
    "light": updates.LIGHT_NOT_REQUIRED(),
    "screen": updates.SCREEN_NOT_REQUIRED(),
}


def preexisting_notes(broken: Iterable[Part]) -> tuple[Message, ...]:
    """Return what was not required, a sentence each, to follow another sentence."""
    return tuple(FAILURE_NOTES[part] for part in broken)
