"""Retention of photos by accumulated age, which is robust against wrong clocks.

A clock that was wrong by years and is right again must not make everything old at once. So age is not the distance from
now: it is the sum of the steps from each capture to the next, in the order they were taken, none of them negative and
none longer than `LONGEST_STEP`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

LONGEST_STEP = timedelta(days=8)
"""Maximum step; longer than the longest capture interval. A device that was off for a month prunes later."""


def expired_through(newest_first: Iterable[tuple[int, datetime]], now: datetime, keep: timedelta) -> int | None:
    """Return the newest id whose accumulated age exceeds `keep`; None if there is none.

    `newest_first`: ids and times in descending order of ids; read no further than needed.
    """
    later, lived = now, timedelta(0)
    for row_id, taken_at in newest_first:
        lived += min(max(later - taken_at, timedelta(0)), LONGEST_STEP)
        if lived > keep:
            return row_id
        later = taken_at
    return None
