"""What the boot environment may say after the power went, and which slot has to start next; knows no guest."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

WHOLE_BYTES = 1024
"""GRUB knows its environment by its length."""


class SlotError(Exception):
    """A slot is in force, or is to be tried, that must not be; the text says which and why not."""


class Environment(NamedTuple):
    """What the card says about the next start."""

    slot: str
    """In force."""
    tried: str
    """To be started once; "" for none."""


def environment(content: bytes | None) -> Environment:
    """From the file `grubenv`; raises SlotError when nothing could start from it."""
    text = (content or b"").decode(errors="replace")
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    found = Environment(values.get("slot", ""), values.get("try", ""))
    if len(text) != WHOLE_BYTES or found.slot not in {"a", "b"} or found.tried not in {"", "a", "b"}:
        raise SlotError(f"the boot environment is damaged: {text[:100]!r}")
    return found


class Slots:
    """One card over many starts: a slot is tried only when written whole, and in force only after it was tried."""

    def __init__(self, whole: Callable[[str], bool]) -> None:
        """`whole` tells whether a slot holds, byte for byte, what was signed."""
        self._whole = whole
        self.now = Environment("a", "")

    def started(self, slot: str, *, trying: bool) -> None:
        """Raise SlotError unless this is the start the card asked for."""
        wanted = (self.now.tried or self.now.slot, bool(self.now.tried))
        if (slot, trying) != wanted:
            raise SlotError(f"slot {slot} started (a try: {trying}), {wanted} was asked for")

    def cut(self, then: Environment, *, updating: bool) -> None:
        """The power went: `look`, at the slot in force too, and remember what the next start has to be."""
        self.look(then, updating=updating)
        self._require_complete(then.slot)
        self.now = then

    def look(self, then: Environment, *, updating: bool) -> None:
        """Raise SlotError when the card says what this life can't have written; `updating` if it had an update."""
        before = self.now
        if then.slot != before.slot and not updating and before.tried != then.slot:
            raise SlotError(f"slot {then.slot} is in force, and nobody has tried it")
        if then.tried == then.slot:
            raise SlotError(f"slot {then.slot} is in force and is to be tried")
        if then.tried and not updating and before.tried != then.tried:
            raise SlotError(f"slot {then.tried} is to be tried, and nobody has asked for it")
        for slot in {then.slot, then.tried} - {before.slot, ""}:
            self._require_complete(slot)

    def _require_complete(self, slot: str) -> None:
        if not self._whole(slot):
            raise SlotError(f"slot {slot} is to start and does not hold what was signed")
