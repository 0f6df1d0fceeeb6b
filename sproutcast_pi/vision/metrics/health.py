"""A health score that explains itself: 100, less what the other metrics tell, each loss with its reason."""

from __future__ import annotations

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
