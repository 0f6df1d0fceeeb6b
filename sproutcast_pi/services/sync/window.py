"""How much may be on its way to the hub, and when to send it again; pure, asked with the time.

`acked` ≤ `sent`: everything up to `acked` is on the hub's disk, everything up to `sent` is under way.
"""

from __future__ import annotations

from collections import deque

FIRST_PATIENCE_S = 10.0
LONGEST_PATIENCE_S = 300.0
"""A hub that is away for a week is asked every five minutes; the broker keeps what it was sent meanwhile."""
SAME_GAP_S = 2.0
"""Everything under way behind a gap reports the same gap; only the first report counts."""


class Window:
    """At most `size` messages are under way, each up to a transaction. Not for several threads."""

    def __init__(self, *, acked: int, size: int, first_patience_s: float = FIRST_PATIENCE_S) -> None:
        self.acked = acked
        self.sent = acked
        self._size = size
        self._under_way: deque[int] = deque()
        self._first_patience_s = first_patience_s
        self._patience_s = first_patience_s
        self._heard_at = 0.0
        self._gap: tuple[int, float] | None = None

    @property
    def room(self) -> int:
        """How many messages may be sent now."""
        return self._size - len(self._under_way)

    def sending(self, upto: int, now: float) -> None:
        """A message up to `upto` goes out."""
        if not self._under_way:
            self._heard_at = now
        self._under_way.append(upto)
        self.sent = upto

    def committed(self, upto: int, now: float) -> bool:
        """The hub has everything up to `upto`; True when that is news."""
        if upto <= self.acked:
            return False
        self.acked = upto
        self.sent = max(self.sent, upto)
        while self._under_way and self._under_way[0] <= upto:
            self._under_way.popleft()
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
        self._under_way.clear()
        return True

    def restart(self) -> None:
        """Begin anew from nothing."""
        self.acked = self.sent = 0
        self._under_way.clear()
        self._gap = None

    def rewind(self) -> None:
        """What was under way is lost: send it again."""
        self.sent = self.acked
        self._under_way.clear()
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
