"""Time estimate: the wall clock if trusted, else the last known time plus the elapsed monotonic time.

A Pi without a clock battery boots with a wrong date. Until the time is synchronised the lamp continues from the phase
of the last known time by the monotonic clock; the wall clock is ignored meanwhile.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec


class TimeEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """Estimated time and whether it is trusted; also the anchor of the next estimate."""

    at: datetime
    monotonic_s: float
    trusted: bool


def initial_estimate(
    wall: datetime,
    trusted: bool,
    monotonic_s: float,
    *,
    last_known_at: datetime | None,
    floor_at: datetime | None = None,
) -> TimeEstimate:
    """Return the estimate at start; `last_known_at` is the newest stored time, `floor_at` see below.

    Without a trusted clock the estimate continues from `last_known_at`; only a device without one uses the
    untrusted clock.
    """
    if _plausible(wall, trusted, floor_at):
        return TimeEstimate(at=wall, monotonic_s=monotonic_s, trusted=True)
    return TimeEstimate(at=last_known_at or wall, monotonic_s=monotonic_s, trusted=False)


def update_estimate(
    before: TimeEstimate, wall: datetime, trusted: bool, monotonic_s: float, *, floor_at: datetime | None = None
) -> TimeEstimate:
    """Return the estimate `monotonic_s - before.monotonic_s` seconds after `before`.

    A clock before `floor_at`, the build time of this program, is not trusted.
    """
    if _plausible(wall, trusted, floor_at):
        return TimeEstimate(at=wall, monotonic_s=monotonic_s, trusted=True)
    passed = timedelta(seconds=max(monotonic_s - before.monotonic_s, 0.0))
    return TimeEstimate(at=before.at + passed, monotonic_s=monotonic_s, trusted=False)


def _plausible(wall: datetime, trusted: bool, floor_at: datetime | None) -> bool:
    return trusted and (floor_at is None or wall >= floor_at)
