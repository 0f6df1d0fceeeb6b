"""Whether a plant changed its size faster than plants do: then most likely it was found in part only, or too much was.

Half a plant doesn't go, and a plant doesn't double, from one picture to the next, unless it was cut or its region was
drawn anew; then the pictures that follow show the same, and after two of them it is believed.
"""

from __future__ import annotations

from datetime import datetime

from sproutcast_pi.model.growth import is_sudden

Areas = tuple[tuple[str, float | None], ...]
"""(moment, area in percent of the frame or None where it wasn't told), oldest first."""

ACCEPTED_AFTER = 2
"""Pictures in a row that weren't told."""


def is_area_jump(area: float, recent: Areas, at: str | None) -> bool:
    """Whether an area (percent of the frame) can't follow from the latest results."""
    told = [place for place, (_, earlier) in enumerate(recent) if earlier]
    if at is None or not told or len(recent) - 1 - told[-1] >= ACCEPTED_AFTER:
        return False
    when, earlier = recent[told[-1]]
    gap = datetime.fromisoformat(at) - datetime.fromisoformat(when)
    return earlier is not None and is_sudden(earlier, area, gap)
