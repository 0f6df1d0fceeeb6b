"""What is usual for this plant: the level its own rules of decline are measured against."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

BASELINE_WINDOW = timedelta(days=21)
"""How far back the plant's own level is looked for; the growlab photographs show leaves change tone over weeks."""
EXCLUDE_NEWEST = timedelta(days=1)
"""The newest day doesn't count: what is going wrong now must not become usual."""
MIN_VALUES = 6
MIN_SPAN = timedelta(days=2)


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
