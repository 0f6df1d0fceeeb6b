"""State machine of the boot environment across power cuts: allowed states and the slot that starts next. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

WHOLE_BYTES = 1024
"""GRUB requires this length of its environment file."""


class SlotError(Exception):
    """Forbidden state of the boot environment; the text gives slot and reason."""


class Environment(NamedTuple):
    """Boot environment: the current slot and the one being tried."""

    slot: str
    """In force."""
    tried: str
    """To be started once; "" for none."""


def environment(content: bytes | None) -> Environment:
    """Parse `grubenv`; raises SlotError when it can't be booted."""
    text = (content or b"").decode(errors="replace")
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    found = Environment(values.get("slot", ""), values.get("try", ""))
    if len(text) != WHOLE_BYTES or found.slot not in {"a", "b"} or found.tried not in {"", "a", "b"}:
        raise SlotError(f"the boot environment is damaged: {text[:100]!r}")
    return found


class Slots:
    """Checker over many starts: a slot is tried only when completely written, and current only after its trial."""

    def __init__(self, whole: Callable[[str], bool]) -> None:
        """`whole` returns whether a slot is byte-identical to the signed images."""
        self._whole = whole
        self.now = Environment("a", "")

    def started(self, slot: str, *, trying: bool) -> None:
        """Raise SlotError unless the expected slot started."""
        expected = (self.now.tried or self.now.slot, bool(self.now.tried))
        if (slot, trying) != expected:
            raise SlotError(f"slot {slot} started (a try: {trying}), expected {expected}")

    def cut(self, then: Environment, *, updating: bool) -> None:
        """Check the state after a power cut, the current slot included, and set the expectation for the next start."""
        self.check(then, updating=updating)
        self._require_complete(then.slot)
        self.now = then

    def check(self, then: Environment, *, updating: bool) -> None:
        """Raise SlotError when the environment can't result from this run; `updating` if it had an update."""
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
