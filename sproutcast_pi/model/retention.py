"""Age of photographs in days that were lived, which a wrong clock can neither make nor take away.

A clock that was wrong by years and is right again must not make everything old at once. So age is not the distance from
now: it is the sum of the steps from each capture to the next, in the order they were taken, none of them negative and
none longer than `LONGEST_STEP`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

LONGEST_STEP = timedelta(days=8)
"""Longer than the longest interval between two photographs; a device that was off for a month gives these up later."""


def expired_through(newest_first: Iterable[tuple[int, datetime]], now: datetime, keep: timedelta) -> int | None:
    """Newest id whose moment lies more than `keep` of lived time back; None when none does.

    `newest_first`: ids and moments in falling order of ids; read no further than needed.
    """
    later, lived = now, timedelta(0)
    for row_id, moment in newest_first:
        lived += min(max(later - moment, timedelta(0)), LONGEST_STEP)
        if lived > keep:
            return row_id
        later = moment
    return None
