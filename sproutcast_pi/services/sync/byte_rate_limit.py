"""Rate limit in bytes an hour, whatever the clock shows."""

from __future__ import annotations

HOUR_S = 3600.0


class ByteRateLimit:
    """An hour's worth may be spent at once, then it fills again evenly; `per_hour` 0 is no limit."""

    def __init__(self, per_hour: int, now: float) -> None:
        self._per_hour = per_hour
        self._left = float(per_hour)
        self._at = now

    def consume(self, amount: int, now: float) -> bool:
        """Spend `amount` bytes; False, and nothing spent, when they are not there. An hour's worth is always enough."""
        if not self._per_hour:
            return True
        self._fill(now)
        if self._left < min(amount, self._per_hour):
            return False
        self._left -= amount
        return True

    def ready_in_s(self, amount: int, now: float) -> float:
        """Seconds until `take(amount)` succeeds."""
        if not self._per_hour:
            return 0.0
        self._fill(now)
        return max(0.0, min(amount, self._per_hour) - self._left) / self._per_hour * HOUR_S

    def _fill(self, now: float) -> None:
        self._left = min(self._per_hour, self._left + (now - self._at) * self._per_hour / HOUR_S)
        self._at = now
