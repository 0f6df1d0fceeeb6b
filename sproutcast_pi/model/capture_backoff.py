"""What to do when photographs fail one after the other: try again soon, then ever more seldom, and tell the owner."""

from __future__ import annotations

import msgspec

BACKOFF_S = (10.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
"""A glitch is over in seconds, a loose cable in minutes when somebody looks; once an hour is often enough for the rest.
Every try starts a new camera program, so each is also a reopening of the camera."""
NOTIFY_AFTER = 3
"""So many failures in a row are no glitch."""


class RetryDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a failure."""

    delay_s: float
    """Before the next try."""
    notify: bool
    """Whether the owner is told now; once for a series of failures."""


def decide_retry(failures: int) -> RetryDecision:
    """The step after the `failures`-th failure in a row (from 1)."""
    return RetryDecision(delay_s=BACKOFF_S[min(failures, len(BACKOFF_S)) - 1], notify=failures == NOTIFY_AFTER)
