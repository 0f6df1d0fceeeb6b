"""Token buckets: a burst and a rate, each client and reducer by itself."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

import msgspec

MAX_BUCKETS = 10_000
"""The longest unused are forgotten first; a forgotten bucket is a full one, so forgetting only ever forgives."""


class RateLimit(msgspec.Struct, frozen=True):
    """`burst` at once, then `rate` a second."""

    rate: float
    burst: float


class RateLimiter:
    """Buckets by key; safe to use from every thread."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, key: Hashable, limit: RateLimit) -> float:
        """Take one token: 0.0 when there was one, else the seconds until there will be (and none is taken)."""
        now = self._monotonic()
        with self._lock:
            tokens, since = self._buckets.pop(key, (limit.burst, now))
            tokens = min(limit.burst, tokens + max(0.0, now - since) * limit.rate)
            wait = 0.0 if tokens >= 1.0 else (1.0 - tokens) / limit.rate
            self._buckets[key] = (tokens - 1.0 if wait == 0.0 else tokens, now)
            if len(self._buckets) > MAX_BUCKETS:
                self._buckets.popitem(last=False)
        return wait
