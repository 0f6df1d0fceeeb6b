"""How much may be on its way to the hub, and when to send it again; pure, asked with the time.

`acked` ≤ `sent`: everything up to `acked` is on the hub's disk, everything up to `sent` is under way.
"""

from __future__ import annotations

FIRST_PATIENCE_S = 10.0
LONGEST_PATIENCE_S = 300.0
"""A hub that is away for a week is asked every five minutes; the broker keeps what it was sent meanwhile."""
SAME_GAP_S = 2.0
"""Everything under way behind a gap reports the same gap; only the first report counts."""


class Window:
    """Counts transactions, not messages. Not for several threads."""

    def __init__(self, *, acked: int, size: int, first_patience_s: float = FIRST_PATIENCE_S) -> None:
        self.acked = acked
        self.sent = acked
        self._size = size
        self._first_patience_s = first_patience_s
        self._patience_s = first_patience_s
        self._heard_at = 0.0
        self._gap: tuple[int, float] | None = None

    @property
    def room(self) -> int:
        """How many transactions may be sent now."""
        return max(0, self._size - (self.sent - self.acked))

    def sending(self, upto: int, now: float) -> None:
        """A batch up to `upto` goes out."""
        if self.sent == self.acked:
            self._heard_at = now
        self.sent = upto

    def committed(self, upto: int, now: float) -> bool:
        """The hub has everything up to `upto`; True when that is news."""
        if upto <= self.acked:
            return False
        self.acked = upto
        self.sent = max(self.sent, upto)
        self._heard_at = now
        self._patience_s = self._first_patience_s
        self._gap = None
        return True

    def missing(self, upto: int, now: float) -> bool:
        """The hub only has everything up to `upto`; True when to go back there, False for an echo of the same gap."""
        if self._gap is not None and self._gap[0] == upto and now - self._gap[1] < SAME_GAP_S:
            return False
        self._gap = (upto, now)
        self.acked = self.sent = upto
        return True

    def restart(self) -> None:
        """Begin anew from nothing."""
        self.acked = self.sent = 0
        self._gap = None

    def rewind(self) -> None:
        """What was under way is lost: send it again."""
        self.sent = self.acked
        self._gap = None

    def overdue(self, now: float) -> bool:
        """Whether the hub has been silent for too long about what is under way; if so it is rewound, patience grows."""
        if self.sent == self.acked or now - self._heard_at < self._patience_s:
            return False
        self.rewind()
        self._patience_s = min(self._patience_s * 2, LONGEST_PATIENCE_S)
        return True

    def next_look_s(self, now: float) -> float | None:
        """Seconds until `overdue` may say yes; None while nothing is under way."""
        if self.sent == self.acked:
            return None
        return max(0.0, self._heard_at + self._patience_s - now)
