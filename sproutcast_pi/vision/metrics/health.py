"""Health score of a plant, 100 minus a deduction for each abnormal metric, and the check for jumps in area.

A plant whose size changed faster than plants do was most likely segmented wrongly. Half a
plant doesn't vanish, and a plant doesn't double, from one photo to the next, unless it was cut or its region was
redrawn; then the following photos agree, and after two of them the new size is accepted.
"""

from __future__ import annotations

from datetime import datetime

from sproutcast_pi.model.growth import is_size_jump
from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS

_PALE_BELOW = METRICS["chlorophyll_index"].relative_bands[1].top
"""Share of the plant's baseline greenness below which it is paler than by daily variation."""
_GOOD_TURGOR = METRICS["turgor_index"].act_below or 0.0


def health_of(
    plant: PlantMeasurement, *, baseline_known: bool, usual_greenness: float | None
) -> tuple[int | None, tuple[str, ...]]:
    """Return the score, 0 to 100, and the reasons of its deductions; None if no relevant metric was measured.

    Turgor and greenness count once the plant's baseline is known: many healthy plants arch or are pale.
    """
    losses: list[tuple[int, str]] = []
    known = False
    if plant.yellow_percent is not None:
        known = True
        losses.append(
            (min(round(plant.yellow_percent * 1.5), 40), f"{plant.yellow_percent:.2g} % of the canopy yellow")
        )
    if plant.lesion_percent is not None:
        known = True
        losses.append((min(round(plant.lesion_percent * 3), 40), f"{plant.lesion_percent:.2g} % brown or spotted"))
    if plant.chlorophyll_index is not None and usual_greenness:
        known = True
        share = plant.chlorophyll_index / usual_greenness
        losses.append((round(max(_PALE_BELOW - share, 0) * 60), f"{100 - share * 100:.0f} % paler than usual"))
    if plant.turgor_index is not None and baseline_known:
        known = True
        missing = max(_GOOD_TURGOR - plant.turgor_index, 0) / _GOOD_TURGOR
        losses.append((round(missing * 50), f"firmness {value_text('turgor_index', plant.turgor_index)}"))
    if not known:
        return None, ()
    lost = [(points, reason) for points, reason in losses if points > 0]
    score = max(100 - sum(points for points, _ in lost), 0)
    return score, tuple(f"-{points}: {reason}" for points, reason in sorted(lost, reverse=True))


Areas = tuple[tuple[str, float | None], ...]
"""(time, area in percent of the frame or None where it was withheld), oldest first."""

ACCEPTED_AFTER = 2
"""Consecutive photos whose area was withheld."""


def is_area_jump(area: float, recent: Areas, at: str | None) -> bool:
    """Whether an area (percent of the frame) is implausible after the latest results."""
    accepted = [place for place, (_, earlier) in enumerate(recent) if earlier]
    if at is None or not accepted or len(recent) - 1 - accepted[-1] >= ACCEPTED_AFTER:
        return False
    when, earlier = recent[accepted[-1]]
    gap = datetime.fromisoformat(at) - datetime.fromisoformat(when)
    return earlier is not None and is_size_jump(earlier, area, gap)
