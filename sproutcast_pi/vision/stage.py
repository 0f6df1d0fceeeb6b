"""Where a plant stands in its life, from leaves, petals and its own growth."""

from __future__ import annotations

from sproutcast_pi.model.measurement import PlantMeasurement

_FLOWERING_PERCENT = 0.8
_SEED_LEAVES, _FIRST_LEAVES = 2, 4
_SMALL_SHARE = 1.5


def stage_of(plant: PlantMeasurement) -> str | None:
    """The stage in a word, or None when neither leaves nor petals were looked for.

    Leaf counts are rough, so a plant that fills more than 1.5 % of the frame is never called a seedling.
    """
    if plant.bloom_percent is not None and plant.bloom_percent >= _FLOWERING_PERCENT:
        return "flowering"
    if plant.leaf_count is None:
        return None
    small = (plant.area_percent or 0.0) < _SMALL_SHARE
    if small and plant.leaf_count <= _SEED_LEAVES:
        return "seedling"
    if small and plant.leaf_count <= _FIRST_LEAVES:
        return "first leaves"
    return "vegetative"
