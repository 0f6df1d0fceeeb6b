"""Relative growth rate of a plant: robust regression of the logarithm of its area.

Relative growth rate r = d ln(area) / dt (Blackman 1919; Hunt 1982), in percent a day: (e^r - 1) x 100. The slope
is the median of all pairwise slopes (Theil 1950, Sen 1968), so single bad pictures don't move it; its uncertainty comes
from Sen's rank interval. Leaves move up and down through the day, so each day enters with its median only. No planting
date is needed, and gaps do no harm.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

import msgspec

DAY_S = 86400.0
WINDOW = timedelta(days=14)
"""Window: long enough to resolve slow growth above the noise, short enough to follow a change of care."""
MIN_POINTS = 3
MIN_SPAN_DAYS = 1.5
Z95 = 1.959964
MIN_RATIO, MAX_RATIO = 0.5, 2.0
MAX_GROWTH_PER_DAY = 0.4
"""Maximum growth per day of a seedling, as a natural logarithm."""
MAX_GAP = timedelta(days=3)
"""Gap after which no change counts as a jump."""


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """A plant's growth over the last days."""

    rate_percent: float
    """Area gain per day in percent; negative when shrinking."""
    sd_percent: float
    """Standard deviation of the rate, percentage points."""
    doubling_days: float | None
    """Days to double at this rate; None when it doesn't grow."""
    points: int
    """Number of days in the fit."""
    span_days: float


def relative_growth(
    areas: Iterable[tuple[datetime, float | None]], *, window: timedelta = WINDOW, start: datetime | None = None
) -> Growth | None:
    """Return the growth over the last `window` of `areas` (time, area in any one unit; in any order).

    Areas that are missing or not above 0 are skipped, as is all that lies before `start` (a repotting, a pruning) or
    before the last jump in size. None when fewer than 3 days, or less than 1.5 days, are left.
    """
    known = sorted((at, float(area)) for at, area in areas if area is not None and math.isfinite(area) and area > 0)
    known = [point for point in known if start is None or point[0] > start]
    if not known:
        return None
    last = known[-1][0]
    recent = [((at - last).total_seconds() / DAY_S, math.log(area)) for at, area in known if last - at <= window]
    days = _since_jump(_daily_medians(recent))
    span = days[-1][0] - days[0][0]
    if len(days) < MIN_POINTS or span < MIN_SPAN_DAYS:
        return None
    slope, spread = _theil_sen(days)
    return Growth(
        rate_percent=math.expm1(slope) * 100,
        sd_percent=spread * math.exp(slope) * 100,
        doubling_days=math.log(2) / slope if slope > 0 else None,
        points=len(days),
        span_days=span,
    )


def is_size_jump(before: float, area: float, gap: timedelta) -> bool:
    """Whether the change between two areas (in one unit) is too large for growth or wilting."""
    if gap > MAX_GAP:
        return False
    grown = MAX_RATIO * math.exp(MAX_GROWTH_PER_DAY * max(gap / timedelta(days=1), 0.0))
    return not MIN_RATIO * before <= area <= grown * before


def _since_jump(days: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The daily medians (day, logarithm of the area) after the last jump in size."""
    begin = 0
    for place, ((earlier, before), (day, area)) in enumerate(pairwise(days), start=1):
        if is_size_jump(math.exp(before), math.exp(area), timedelta(days=day - earlier)):
            begin = place
    return days[begin:]


def _daily_medians(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The median day and value of each 24 h, counted back from the last point."""
    days: dict[int, list[tuple[float, float]]] = {}
    for day, value in points:
        days.setdefault(math.ceil(day), []).append((day, value))
    return [(median(d for d, _ in group), median(v for _, v in group)) for _, group in sorted(days.items())]


def _theil_sen(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Median pairwise slope, and its standard deviation from Sen's 95 % rank interval."""
    slopes = sorted(
        (later - earlier) / (end - start)
        for place, (start, earlier) in enumerate(points)
        for end, later in points[place + 1 :]
    )
    count = len(points)
    half_width = Z95 * math.sqrt(count * (count - 1) * (2 * count + 5) / 18) / 2
    middle = (len(slopes) - 1) / 2
    low, high = _at_rank(slopes, middle - half_width), _at_rank(slopes, middle + half_width)
    return median(slopes), (high - low) / (2 * Z95)


def _at_rank(ordered: list[float], rank: float) -> float:
    """The value at a fractional 0-based rank, between neighbours in proportion; the ends beyond."""
    rank = min(max(rank, 0.0), len(ordered) - 1.0)
    below = math.floor(rank)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (rank - below)
