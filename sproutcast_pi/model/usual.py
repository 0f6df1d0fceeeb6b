"""What is usual for this plant: the level its own rules of decline are measured against."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

REACH = timedelta(days=21)
"""How far back the plant's own level is looked for; the growlab photographs show leaves change tone over weeks."""
LATEST = timedelta(days=1)
"""The newest day doesn't count: what is going wrong now must not become usual."""
LEAST_VALUES = 6
LEAST_SPAN = timedelta(days=2)


def usual_level(values: Iterable[tuple[datetime, float | None]], now: datetime) -> float | None:
    """Return the median of the plant's values (moment, value; any order) of the last 21 days without the newest one.

    None while there are fewer than 6 of them, or they span less than 2 days.
    """
    known = [
        (at, value)
        for at, value in values
        if value is not None and math.isfinite(value) and LATEST <= now - at <= REACH
    ]
    if len(known) < LEAST_VALUES or max(known)[0] - min(known)[0] < LEAST_SPAN:
        return None
    return median(value for _, value in known)
