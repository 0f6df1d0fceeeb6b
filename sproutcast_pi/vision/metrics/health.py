"""Health score of a plant, 100 less a loss for each metric that is off, and its check for sudden jumps in area.

A plant that changed its size faster than plants do was most likely found in part only, or too much was found. Half a
plant doesn't go, and a plant doesn't double, from one picture to the next, unless it was cut or its region was drawn
anew; then the pictures that follow show the same, and after two of them it is believed.
"""

from __future__ import annotations

from datetime import datetime

from sproutcast_pi.model.growth import is_sudden
from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS

_PALE_BELOW = METRICS["chlorophyll_index"].relative_bands[1].top
"""Of the plant's usual greenness: less is paler than from day to day."""
_GOOD_TURGOR = METRICS["turgor_index"].act_below or 0.0


def health_of(
    plant: PlantMeasurement, *, baseline_known: bool, usual_greenness: float | None
) -> tuple[int | None, tuple[str, ...]]:
    """Score 0 to 100 and the reasons for what it lost; None when nothing was measured that says anything of health.

    Turgor and greenness count once the plant's own are known: many healthy plants arch, and many are pale.
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
