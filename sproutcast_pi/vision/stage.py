"""Where a plant stands in its life, from leaves, petals and its own growth."""

from __future__ import annotations

from sproutcast_pi.model.measurement import PlantMeasurement

_FLOWERING_PERCENT = 0.8
_SEED_LEAVES, _FIRST_LEAVES = 2, 4
_SMALL_SHARE = 1.5


def stage_of(plant: PlantMeasurement) -> str | None:
    """The stage in a word, or None when neither leaves nor petals say.

    Leaf counts are rough, so a plant that fills more than 1.5 % of the frame is never called a seedling, and one whose
    leaves cover each other is none.
    """
    if plant.bloom_percent is not None and plant.bloom_percent >= _FLOWERING_PERCENT:
        return "flowering"
    if (plant.area_percent or 0.0) >= _SMALL_SHARE:
        return "vegetative"
    if plant.leaf_count is None:
        return None
    if plant.leaf_count <= _SEED_LEAVES:
        return "seedling"
    return "first leaves" if plant.leaf_count <= _FIRST_LEAVES else "vegetative"
