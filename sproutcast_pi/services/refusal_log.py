"""Refusal log: why clients were turned away, in the log at a bounded rate and in the metrics."""

from __future__ import annotations

import logging
from collections.abc import Hashable

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.rate_limit import RateLimit, RateLimiter

EACH = RateLimit(rate=0.1, burst=5.0)
"""Lines about one client."""
ALL = RateLimit(rate=1.0, burst=30.0)
"""Lines about everybody: a stranger with many addresses must not fill the card."""
SHOWN_CHARS = 200

_logger = logging.getLogger(__name__)


class RefusalLog:
    """One for all transports; any thread."""

    def __init__(self, metrics: Metrics, limiter: RateLimiter) -> None:
        self._metrics = metrics
        self._limiter = limiter
        self._suppressed = 0
        metrics.describe("sproutcast_refused_total", "Refused requests, calls and connections by code.")

    def record(self, who: Hashable, what: str, refused: RefusedError) -> None:
        """Count a refusal, and log it unless there were many of late."""
        self._metrics.count("sproutcast_refused_total", code=refused.code)
        if self._limiter.wait_s(("refusal", who), EACH) or self._limiter.wait_s("refusals", ALL):
            self._suppressed += 1
            return
        more, self._suppressed = self._suppressed, 0
        tail = f" ({more} more were not logged)" if more else ""
        reason = str(refused)[:SHOWN_CHARS]
        # repr, since names and paths are strangers' own: no line breaks, no terminal controls.
        _logger.info(
            "refused client=%r what=%r code=%s reason=%r%s", str(who)[:80], what[:80], refused.code, reason, tail
        )
