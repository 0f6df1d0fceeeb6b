"""Growth stage of a plant, with hysteresis over several photos."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

FLOWERING_FROM_PERCENT, FLOWERING_UNTIL_PERCENT = 0.8, 0.3
"""Shares of petals at which a plant starts and stops flowering."""
SEED_LEAVES, FIRST_LEAVES = 2, 4
SMALL_PERCENT = 1.5
"""Leaf counts are rough, so a plant that fills more of the frame is never called a seedling."""
CONFIRMED_BY = 3
"""Consecutive photos that must agree on another stage."""


class StageFacts(msgspec.Struct, frozen=True):
    """Stage-related metrics of one photo; None: not measured, or withheld."""

    bloom_percent: float | None = None
    area_percent: float | None = None
    leaf_count: int | None = None


def stage_of(facts: StageFacts) -> str | None:
    """Return the stage of one photo, or None if neither leaves nor petals were measured."""
    if facts.bloom_percent is not None and facts.bloom_percent >= FLOWERING_FROM_PERCENT:
        return "flowering"
    return _leaf_stage(facts)


def next_stage(stage: str | None, newest: Sequence[StageFacts]) -> str | None:
    """Return the stage after the `newest` photographs (latest first), given the stage before them.

    Another stage has to be seen in three photographs in a row that can say; only those in which petals were measured
    say whether a plant flowers, so one whose bloom is measured daily stays in flower between.
    """
    if stage is None:
        return stage_of(newest[0]) if newest else None
    blooms = [facts.bloom_percent for facts in newest if facts.bloom_percent is not None][:CONFIRMED_BY]
    confirmed = len(blooms) == CONFIRMED_BY
    if stage == "flowering" and not (confirmed and max(blooms) < FLOWERING_UNTIL_PERCENT):
        return stage
    if confirmed and min(blooms) >= FLOWERING_FROM_PERCENT:
        return "flowering"
    shown = [found for facts in newest if (found := _leaf_stage(facts)) is not None][:CONFIRMED_BY]
    return shown[0] if len(shown) == CONFIRMED_BY and len(set(shown)) == 1 else stage


def _leaf_stage(facts: StageFacts) -> str | None:
    if (facts.area_percent or 0.0) >= SMALL_PERCENT:
        return "vegetative"
    if facts.leaf_count is None:
        return None
    if facts.leaf_count <= SEED_LEAVES:
        return "seedling"
    return "first leaves" if facts.leaf_count <= FIRST_LEAVES else "vegetative"
