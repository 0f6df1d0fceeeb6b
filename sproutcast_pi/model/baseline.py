"""Baseline of a plant: the level its own rules of decline are measured against, and the moment it starts from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

from sproutcast_pi.model.advice import CareFact

BASELINE_WINDOW = timedelta(days=21)
"""How far back the plant's own level is looked for; the growlab photographs show leaves change tone over weeks."""
EXCLUDE_NEWEST = timedelta(days=1)
"""The newest day doesn't count: what is going wrong now must not become usual."""
MIN_VALUES = 6
MIN_SPAN = timedelta(days=2)
RESTARTING_CARE = frozenset({"prune", "repot", "move"})
"""Care after which shape and size can't be compared with before."""
CONFIRMED_MOVE = "move"
"""Care that says the posture is right as it is, also while an alert about it is open."""


def baseline_level(values: Iterable[tuple[datetime, float | None]], now: datetime) -> float | None:
    """Return the median of the plant's values (moment, value; any order) of the last 21 days without the newest one.

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


def size_baseline_start(care: Iterable[CareFact], now: datetime) -> datetime | None:
    """Return the moment from which areas can be compared with each other; None: from the first."""
    return max((fact.at for fact in care if fact.kind in RESTARTING_CARE and fact.at <= now), default=None)


def posture_baseline_start(
    care: Iterable[CareFact], now: datetime, alert_since: datetime | None = None
) -> datetime | None:
    """Return the moment from which postures can be compared; None: from the first.

    Repotting or pruning a plant that hangs since `alert_since` does not make hanging its habit: only the owner's word
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
