"""Backoff after failed captures: growing delays, and one notification per series of failures."""

from __future__ import annotations

import msgspec

BACKOFF_S = (10.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
"""Delays: a glitch ends within seconds, a loose cable is fixed within minutes; hourly attempts suffice for the rest.
Each attempt starts a new camera process and so reopens the camera."""
NOTIFY_AFTER = 3
"""Consecutive failures from which the owner is notified."""


class RetryDecision(msgspec.Struct, frozen=True, kw_only=True):
    """Decision after a failed capture."""

    delay_s: float
    """Delay before the next attempt."""
    notify: bool
    """Whether the owner is notified now; once per series of failures."""


def decide_retry(failures: int) -> RetryDecision:
    """Return the decision after the `failures`-th consecutive failure (from 1)."""
    return RetryDecision(delay_s=BACKOFF_S[min(failures, len(BACKOFF_S)) - 1], notify=failures == NOTIFY_AFTER)
