"""Whether a plant changed its size faster than plants do: then most likely it was found in part only, or too much was.

Half a plant doesn't go, and a plant doesn't double, from one picture to the next, unless it was cut or its region was
drawn anew; then the pictures that follow show the same, and after two of them it is believed.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

Areas = tuple[tuple[str, float | None], ...]
"""(moment, area in percent of the frame or None where it wasn't told), oldest first."""

SHRUNK, GROWN = 0.5, 2.0
FASTEST = 0.4
"""Growth a day, as a natural logarithm, that a seedling reaches."""
LONGEST = timedelta(days=3)
"""After a longer gap nothing is sudden."""
BELIEVED_AFTER = 2
"""Pictures in a row that weren't told."""


def sudden(area: float, recent: Areas, at: str | None) -> bool:
    """Whether an area (percent of the frame) can't follow from the latest results."""
    told = [place for place, (_, earlier) in enumerate(recent) if earlier]
    if at is None or not told or len(recent) - 1 - told[-1] >= BELIEVED_AFTER:
        return False
    when, earlier = recent[told[-1]]
    gap = datetime.fromisoformat(at) - datetime.fromisoformat(when)
    if earlier is None or gap > LONGEST:
        return False
    grown = GROWN * math.exp(FASTEST * max(gap / timedelta(days=1), 0.0))
    return not SHRUNK * earlier <= area <= grown * earlier
