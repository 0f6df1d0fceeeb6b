"""A health score that explains itself: 100, less what the other metrics tell, each loss with its reason."""

from __future__ import annotations

from sproutcast_pi.model.measurement import PlantMeasurement

_GOOD_CHLOROPHYLL = 0.45
_GOOD_TURGOR = 0.6


def health_of(plant: PlantMeasurement, *, habit_known: bool) -> tuple[int | None, tuple[str, ...]]:
    """Score 0 to 100 and the reasons for what it lost; None when nothing was measured that says anything of health.

    Turgor counts once the plant's own habit is known: many healthy plants arch.
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
    if plant.chlorophyll_index is not None:
        known = True
        missing = max(_GOOD_CHLOROPHYLL - plant.chlorophyll_index, 0) / _GOOD_CHLOROPHYLL
        losses.append((round(missing * 30), f"pale: chlorophyll index {plant.chlorophyll_index:.2f}"))
    if plant.turgor_index is not None and habit_known:
        known = True
        missing = max(_GOOD_TURGOR - plant.turgor_index, 0) / _GOOD_TURGOR
        losses.append((round(missing * 50), f"hanging: turgor {plant.turgor_index:.2f}"))
    if not known:
        return None, ()
    lost = [(points, reason) for points, reason in losses if points > 0]
    score = max(100 - sum(points for points, _ in lost), 0)
    return score, tuple(f"-{points}: {reason}" for points, reason in sorted(lost, reverse=True))
