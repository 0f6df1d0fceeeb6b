"""What an update need not bring about, since it was broken before: else no update could ever mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

Part = Literal["light", "screen"]
"""What may stay broken. A database that can't be written, or a program that falls, never may."""

FAILURE_NOTES: Mapping[Part, str] = {
    "light": "The lamp's output did not work before the update either, so it was not asked for.",
    "screen": "The screen did not work before the update either, so it was not asked for.",
}


def preexisting_note(broken: Iterable[Part]) -> str:
    """Say what was not asked for, after another sentence; "" when everything was."""
    return "".join(f" {FAILURE_NOTES[part]}" for part in broken)
