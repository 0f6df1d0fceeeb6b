"""Simulated greenhouse: deterministic plant growth from seed, light history and care log.

The greenhouse is a value. `advance` simulates it to a later time from the lamp's history and the care log, in steps on
a fixed grid, so one long advance equals many short ones; after a restart it is simulated again from the start.
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
"""Longer jumps, which come from a wrong clock, are simulated only up to this limit."""


class Care(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the care log."""

    plant: int
    kind: str
    at: datetime
    volume_ml: float | None = None


class Greenhouse(msgspec.Struct, frozen=True, kw_only=True):
    """State of all plants at `at`."""

    seed: int
    at: datetime
    plants: tuple[PlantState, ...] = ()


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """Input of the rendered camera: the true state of each plant, left to right. Serialised as JSON."""

    seed: int
    plants: tuple[PlantTruth, ...]
    view: str = "side"


def begin(at: datetime, plants: Sequence[int], seed: int = 1) -> Greenhouse:
    """Return a greenhouse at `at` with a watered seedling for each plant id."""
    return Greenhouse(seed=seed, at=_grid(at), plants=tuple(seedling(seed, plant) for plant in plants))


def with_plants(greenhouse: Greenhouse, plants: Sequence[int]) -> Greenhouse:
    """Return the greenhouse with exactly these plants in this order; new ones are seedlings."""
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

    `light`: the lamp's history, (time, level 0 to 1) in order, each level lasting to the next; before the first it
    was dark. `care`: the care log in any order; events before the greenhouse's time are already applied.
    """
    end = min(_grid(to), greenhouse.at + MOST)
    change_times = [changed_at for changed_at, _ in light]
    coming = sorted((one for one in care if greenhouse.at < one.at <= end), key=lambda one: one.at)
    due = [one.at for one in coming]
    at, states = greenhouse.at, {state.plant: state for state in greenhouse.plants}
    while at < end:
        later = at + STEP
        level = _mean_level(light, change_times, at, later)
        states = {plant: grown(state, level, STEP) for plant, state in states.items()}
        for one in coming[bisect_right(due, at) : bisect_right(due, later)]:
            if one.plant in states:
                states[one.plant] = cared_for(states[one.plant], one.kind, one.volume_ml)
        at = later
    return msgspec.structs.replace(greenhouse, at=at, plants=tuple(states[state.plant] for state in greenhouse.plants))


def truths(greenhouse: Greenhouse) -> tuple[PlantTruth, ...]:
    """Return the ground truth of each plant, in the greenhouse's order."""
    return tuple(truth(state) for state in greenhouse.plants)


def scene(greenhouse: Greenhouse) -> dict[str, object]:
    """Return the greenhouse as WorkerJob.scene carries it."""
    found: dict[str, object] = msgspec.to_builtins(Scene(seed=greenhouse.seed, plants=truths(greenhouse)))
    return found


def region(place: int, count: int) -> tuple[tuple[float, float], ...]:
    """Return the polygon (0 to 1) of plant number `place` of `count` in the rendered photo, left to right."""
    slots = max(count, 1)
    left, right = place / slots, (place + 1) / slots
    return ((left, 0.0), (right, 0.0), (right, 1.0), (left, 1.0))


def _mean_level(
    light: Sequence[tuple[datetime, float]], change_times: Sequence[datetime], begin_at: datetime, end_at: datetime
) -> float:
    """Mean lamp level between two times."""
    place = bisect_right(change_times, begin_at) - 1
    level = light[place][1] if place >= 0 else 0.0
    at, dose = begin_at, 0.0
    for changed_at, later_level in light[place + 1 : bisect_left(change_times, end_at)]:
        dose += level * (changed_at - at).total_seconds()
        at, level = changed_at, later_level
    dose += level * (end_at - at).total_seconds()
    return dose / (end_at - begin_at).total_seconds()


def _grid(at: datetime) -> datetime:
    """The last grid step not after `at`."""
    return EPOCH + (at - EPOCH) // STEP * STEP
