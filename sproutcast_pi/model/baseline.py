"""Baseline of a plant: its own usual level of a metric, and the time the baseline starts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

from sproutcast_pi.model.advice import CareFact

BASELINE_WINDOW = timedelta(days=21)
"""Window of the baseline; in the growlab photos leaves change tone over weeks."""
EXCLUDE_NEWEST = timedelta(days=1)
"""The newest day is excluded, so that a current problem does not enter the baseline."""
MIN_VALUES = 6
MIN_SPAN = timedelta(days=2)
MIN_GREENNESS_RESULTS = 4
RESTARTING_CARE = frozenset({"prune", "repot", "move"})
"""Care after which shape and size are not comparable with earlier ones."""
CONFIRMED_MOVE = "move"
"""Care that accepts the current posture, also while an alert about it is open."""


def baseline_level(values: Iterable[tuple[datetime, float | None]], now: datetime) -> float | None:
    """Return the median of the plant's values (time, value; any order) of the last 21 days without the newest one.

    None while there are fewer than 6 of them, or they span less than 2 days.
    """
    known = [
        (at, value)
        for at, value in values
        if value is not None and math.isfinite(value) and EXCLUDE_NEWEST <= now - at <= BASELINE_WINDOW
    ]
    if len(known) < MIN_VALUES or max(known)[0] - min(known)[0] < MIN_SPAN:
        return None
    return median(value for _, value in known)


def usual_greenness(values: Iterable[float | None]) -> float | None:
    """Return the plant's own leaf green, from its values of the last days: the median of their greener half.

    The health score compares today's with it, so the newest day counts, unlike in `baseline_level`, and pale days do
    not. None of fewer than 4 values.
    """
    known = sorted(value for value in values if value is not None)
    return median(known[len(known) // 2 :]) if len(known) >= MIN_GREENNESS_RESULTS else None


def size_baseline_start(care: Iterable[CareFact], now: datetime) -> datetime | None:
    """Return the time from which areas are comparable; None: from the first."""
    return max((fact.at for fact in care if fact.kind in RESTARTING_CARE and fact.at <= now), default=None)


def posture_baseline_start(
    care: Iterable[CareFact], now: datetime, alert_since: datetime | None = None
) -> datetime | None:
    """Return the time from which postures are comparable; None: from the first.

    Repotting or pruning a plant that hangs since `alert_since` does not restart its baseline: only the owner's answer
    that it was moved, or hangs by nature, does.
    """
    return max(
        (
            fact.at
            for fact in care
            if fact.at <= now
            and (
                fact.kind == CONFIRMED_MOVE
                or (fact.kind in RESTARTING_CARE and (alert_since is None or fact.at < alert_since))
            )
        ),
        default=None,
    )
