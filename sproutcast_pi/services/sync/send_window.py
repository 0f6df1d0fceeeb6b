"""How much may be on its way to the hub, and when to send it again; pure, asked with the time.

`acked` ≤ `sent`: everything up to `acked` is on the hub's disk, everything up to `sent` is under way.
"""

from __future__ import annotations

from collections import deque

INITIAL_TIMEOUT_S = 10.0
MAX_TIMEOUT_S = 300.0
"""A hub that is away for a week is asked every five minutes; the broker keeps what it was sent meanwhile."""
DUPLICATE_GAP_S = 2.0
"""Everything under way behind a gap reports the same gap; only the first report counts."""


class SendWindow:
    """At most `size` messages are under way, each up to a transaction. Not for several threads."""

    def __init__(self, *, acked: int, size: int, first_patience_s: float = INITIAL_TIMEOUT_S) -> None:
        self.acked = acked
        self.sent = acked
        self._size = size
        self._in_flight: deque[int] = deque()
        self._initial_timeout_s = first_patience_s
        self._timeout_s = first_patience_s
        self._last_answer_s = 0.0
        self._gap: tuple[int, float] | None = None

    @property
    def free_slots(self) -> int:
        """How many messages may be sent now."""
        return self._size - len(self._in_flight)

    def mark_sent(self, upto: int, now: float) -> None:
        """A message up to `upto` goes out."""
        if not self._in_flight:
            self._last_answer_s = now
        self._in_flight.append(upto)
        self.sent = upto

    def acknowledge(self, upto: int, now: float) -> bool:
        """The hub has everything up to `upto`; True when that is news."""
        if upto <= self.acked:
            return False
        self.acked = upto
        self.sent = max(self.sent, upto)
        while self._in_flight and self._in_flight[0] <= upto:
            self._in_flight.popleft()
        self._last_answer_s = now
        self._timeout_s = self._initial_timeout_s
        self._gap = None
        return True

    def report_gap(self, upto: int, now: float) -> bool:
        """The hub only has everything up to `upto`; True when to go back there, False for an echo of the same gap."""
        if self._gap is not None and self._gap[0] == upto and now - self._gap[1] < DUPLICATE_GAP_S:
            return False
        self._gap = (upto, now)
        self.acked = self.sent = upto
        self._in_flight.clear()
        return True

    def reset(self) -> None:
        """Start over from nothing."""
        self.acked = self.sent = 0
        self._in_flight.clear()
        self._gap = None

    def rewind(self) -> None:
        """What was under way is lost: send it again."""
        self.sent = self.acked
        self._in_flight.clear()
        self._gap = None

    def check_timeout(self, now: float) -> bool:
        """Whether the hub has been silent for too long about what is under way; if so it is rewound, patience grows."""
        if self.sent == self.acked or now - self._last_answer_s < self._timeout_s:
            return False
        self.rewind()
        self._timeout_s = min(self._timeout_s * 2, MAX_TIMEOUT_S)
        return True

    def next_timeout_s(self, now: float) -> float | None:
        """Seconds until `overdue` may say yes; None while nothing is under way."""
        if self.sent == self.acked:
            return None
        return max(0.0, self._last_answer_s + self._timeout_s - now)
