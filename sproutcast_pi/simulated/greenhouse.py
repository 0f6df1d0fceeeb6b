"""Plants that grow by rules: with light, until dry, as long as fed; the same seed and history give the same plants.

The greenhouse is a value. `advance` brings it to a later moment from the lamp's history and the care log, in steps on
a fixed grid, so one long advance and many short ones end in the same state: after a restart it is grown anew from them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from sproutcast_pi.simulated.plant_model import (
    PlantState,
    PlantTruth,
    cared_for,
    grown,
    seedling,
    truth,
)

STEP = timedelta(minutes=15)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MOST = timedelta(days=800)
"""A longer jump ahead is a clock gone wrong; the plants live through only so much of it."""


class Care(msgspec.Struct, frozen=True, kw_only=True):
    """Something done for one plant, as in the care log."""

    plant: int
    kind: str
    at: datetime
    volume_ml: float | None = None


class Greenhouse(msgspec.Struct, frozen=True, kw_only=True):
    """All plants as they stand at `at`."""

    seed: int
    at: datetime
    plants: tuple[PlantState, ...] = ()


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """What the painting camera needs: the true state of each plant, left to right. Travels as JSON."""

    seed: int
    plants: tuple[PlantTruth, ...]
    view: str = "side"


def begin(at: datetime, plants: Sequence[int], seed: int = 1) -> Greenhouse:
    """Return a greenhouse at `at` with a well-watered seedling for each plant id."""
    return Greenhouse(seed=seed, at=_grid(at), plants=tuple(seedling(seed, plant) for plant in plants))


def with_plants(greenhouse: Greenhouse, plants: Sequence[int]) -> Greenhouse:
    """Return the greenhouse with exactly these plants, in this order: known ones stay, new ones are seedlings."""
    known = {state.plant: state for state in greenhouse.plants}
    kept = tuple(known.get(plant) or seedling(greenhouse.seed, plant) for plant in plants)
    return msgspec.structs.replace(greenhouse, plants=kept)


def advance(
    greenhouse: Greenhouse,
    to: datetime,
    *,
    light: Sequence[tuple[datetime, float]],
    care: Sequence[Care] = (),
) -> Greenhouse:
    """Return the greenhouse at `to`, or unchanged when `to` is not later.

    `light`: the lamp's history, (moment, level 0 to 1) in order, each level lasting to the next; before the first it
    was dark. `care`: the care log in any order; what lies before the greenhouse's moment has had its effect already.
    """
    end = min(_grid(to), greenhouse.at + MOST)
    moments = [moment for moment, _ in light]
    coming = sorted((one for one in care if greenhouse.at < one.at <= end), key=lambda one: one.at)
    due = [one.at for one in coming]
    at, states = greenhouse.at, {state.plant: state for state in greenhouse.plants}
    while at < end:
        later = at + STEP
        level = _mean_level(light, moments, at, later)
        states = {plant: grown(state, level, STEP) for plant, state in states.items()}
        for one in coming[bisect_right(due, at) : bisect_right(due, later)]:
            if one.plant in states:
                states[one.plant] = cared_for(states[one.plant], one.kind, one.volume_ml)
        at = later
    return msgspec.structs.replace(greenhouse, at=at, plants=tuple(states[state.plant] for state in greenhouse.plants))


def truths(greenhouse: Greenhouse) -> tuple[PlantTruth, ...]:
    """Return what is true of each plant now, in the greenhouse's order."""
    return tuple(truth(state) for state in greenhouse.plants)


def scene(greenhouse: Greenhouse) -> dict[str, object]:
    """Return the greenhouse as WorkerJob.scene carries it."""
    found: dict[str, object] = msgspec.to_builtins(Scene(seed=greenhouse.seed, plants=truths(greenhouse)))
    return found


def region(place: int, count: int) -> tuple[tuple[float, float], ...]:
    """Return the polygon (0 to 1) in which the painting camera shows plant number `place` of `count`, left to right."""
    slots = max(count, 1)
    left, right = place / slots, (place + 1) / slots
    return ((left, 0.0), (right, 0.0), (right, 1.0), (left, 1.0))


def _mean_level(
    light: Sequence[tuple[datetime, float]], moments: Sequence[datetime], begin_at: datetime, end_at: datetime
) -> float:
    """The lamp's mean level between two moments."""
    place = bisect_right(moments, begin_at) - 1
    level = light[place][1] if place >= 0 else 0.0
    at, dose = begin_at, 0.0
    for moment, later_level in light[place + 1 : bisect_left(moments, end_at)]:
        dose += level * (moment - at).total_seconds()
        at, level = moment, later_level
    dose += level * (end_at - at).total_seconds()
    return dose / (end_at - begin_at).total_seconds()


def _grid(moment: datetime) -> datetime:
    """The last step not after `moment`."""
    return EPOCH + (moment - EPOCH) // STEP * STEP
