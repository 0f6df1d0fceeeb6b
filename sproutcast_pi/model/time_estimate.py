"""What time it probably is: the wall clock when it can be trusted, else the last known moment plus what ran since.

A Pi without a clock battery wakes up with a wrong date. Until somebody tells the time the lamp goes on from the phase
it was last known in, by a clock that never jumps; nothing that the wall clock says meanwhile is believed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec


class TimeEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """A moment and how it is known; also the anchor for the next one."""

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
    """Return what to believe at start; `last_known_at` is the newest moment the store remembers, `floor_at` see below.

    Without a trusted clock the lamp's day goes on from `last_known_at`; only a device that remembers nothing takes the
    untrusted clock.
    """
    if _plausible(wall, trusted, floor_at):
        return TimeEstimate(at=wall, monotonic_s=monotonic_s, trusted=True)
    return TimeEstimate(at=last_known_at or wall, monotonic_s=monotonic_s, trusted=False)


def update_estimate(
    before: TimeEstimate, wall: datetime, trusted: bool, monotonic_s: float, *, floor_at: datetime | None = None
) -> TimeEstimate:
    """Return what to believe `monotonic_s - before.monotonic_s` seconds after `before`.

    A clock that says a moment before `floor_at`, when this program was built, is not trusted.
    """
    if _plausible(wall, trusted, floor_at):
        return TimeEstimate(at=wall, monotonic_s=monotonic_s, trusted=True)
    passed = timedelta(seconds=max(monotonic_s - before.monotonic_s, 0.0))
    return TimeEstimate(at=before.at + passed, monotonic_s=monotonic_s, trusted=False)


def _plausible(wall: datetime, trusted: bool, floor_at: datetime | None) -> bool:
    return trusted and (floor_at is None or wall >= floor_at)
