"""Model of one plant: water, food, light, leaves; simple rules with realistic time scales, not physiology.

A pot of moist soil dries in about five and a half days under a 16 h lamp; leaves give way once a third of the water is
left and hang half-way at 22 %. Soil feeds for seven weeks. Area follows logistic growth by light (12 % a day at most).
Flowers open after four to five weeks of light. Leaves lift a little at night, as many plants' do.
Besides care there are unlogged events: a broken stem, a plant that is taken away, brought back or replaced.
"""

from __future__ import annotations

import math
from datetime import timedelta
from random import Random

import msgspec

DAY = timedelta(days=1)
FULL_DAY = 16 / 24
"""Mean lamp level over 24 h of a full day's light."""
DRYING = 0.19
"""Share of the pot's water lost a day under a full day's light."""
HALF_WILTED, WILT_WIDTH = 0.22, 0.055
"""Water at which leaves hang half-way, and how wide the change is."""
MOST_DROOP_DEG = 70.0
NIGHT_LIFT_DEG = 4.0
FEEDS_FOR_DAYS = 49.0
MOST_LEAVES = 22
BLOOM_FROM_DAYS, BLOOM_TAKES_DAYS = 30.0, 10.0
POT_ML = 500.0


class PlantState(msgspec.Struct, frozen=True, kw_only=True):
    """State of one plant; shares are 0 to 1."""

    plant: int
    size: float
    """Leaf area as a share of the largest it can become."""
    water: float = 0.95
    """Soil water, 1: full."""
    food: float = 1.0
    soggy: float = 0.0
    """Excess water, which suffocates the roots until it drains."""
    green: float = 1.0
    """Chlorophyll, 1: as much as the plant can have."""
    hang: float = 0.0
    """Wilting, 1: complete."""
    lift: float = 0.0
    """Night position, 1: fully lifted."""
    lit_days: float = 0.0
    """Age in full days of light."""
    bloom: float = 0.0
    shock: float = 0.0
    """From repotting, frost or heat."""
    vigour: float = 1.0
    thirst: float = 1.0
    hue_shift_deg: float = 0.0
    present: bool = True
    """Whether the plant is in its pot."""
    broken: bool = False
    """Its stem broke: it hangs, however wet the soil."""
    foliage_hue_deg: float | None = None
    """Hue of a plant that is not green (purple, red); None: green by its chlorophyll."""


class PlantTruth(msgspec.Struct, frozen=True, kw_only=True):
    """Ground truth of a plant, which the rendered camera draws and tests compare with."""

    plant: int
    area_share: float
    """Leaf area as a share of the largest this plant can become."""
    droop_deg: float
    """How far leaf tips hang below where a firm plant holds them by day; slightly negative at night."""
    hue_deg: float
    """Hue of its healthy foliage, HSV."""
    yellow_share: float
    """Share of the leaf area that is yellow, oldest leaves first."""
    bloom_share: float
    """How open the flowers are, 0 to 1."""
    leaf_count: int
    water: float
    food: float
    half_wilted: bool
    present: bool = True


def seedling(seed: int, plant: int) -> PlantState:
    """Return a young, watered, fed plant; its parameters derive from `seed` and its id."""
    rng = Random(f"{seed}/{plant}")  # noqa: S311 - a character, not a secret
    return PlantState(
        plant=plant,
        size=rng.uniform(0.16, 0.24),
        vigour=rng.uniform(0.88, 1.12),
        thirst=rng.uniform(0.92, 1.08),
        hue_shift_deg=rng.uniform(-6.0, 6.0),
    )


def grown(state: PlantState, light: float, step: timedelta) -> PlantState:
    """Return the plant after `step` at the mean lamp level `light` (0 to 1)."""
    days = step / DAY
    dose = min(light / FULL_DAY, 1.0 / FULL_DAY)
    moist = min(state.water / 0.4, 1.0)
    drying = DRYING * state.thirst * (0.25 + 0.75 * dose) * (0.75 + 0.35 * state.size) * (0.35 + 0.65 * moist)
    water = max(state.water - drying * days, 0.0)
    vigour = state.vigour * min(dose, 1.2) * moist * min(state.food / 0.2, 1.0) * (1.0 - 0.6 * min(state.soggy, 1.0))
    size = state.size + 0.12 * vigour * state.size * (1.0 - state.size) * days
    if state.hang > 0.9:  # noqa: PLR2004 - hanging to the ground, leaves dry up
        size *= 1.0 - 0.04 * days
    limp = 1.0 / (1.0 + math.exp((water - HALF_WILTED) / WILT_WIDTH))
    limp = 1.0 if state.broken else max(limp, 0.35 * state.shock)
    full = 1.0 / (1.0 + math.exp((0.12 - state.food) / 0.04)) * (1.0 - 0.7 * min(state.soggy / 2.0, 1.0))
    lit_days = state.lit_days + dose * (1.0 - state.hang) * days
    return msgspec.structs.replace(
        state,
        water=water,
        food=max(state.food - min(dose, 1.2) / FEEDS_FOR_DAYS * days, 0.0),
        size=min(size, 1.0),
        soggy=_towards(state.soggy, 0.0, days, 3.0),
        shock=_towards(state.shock, 0.0, days, 1.5),
        # Leaves wilt over hours and recover faster after watering.
        hang=_towards(state.hang, limp, days, 0.1 if limp > state.hang else 0.06),
        lift=_towards(state.lift, 0.0 if light > 0 else 1.0, days, 0.08),
        green=_towards(state.green, full, days, 4.0),
        lit_days=lit_days,
        bloom=min(max((lit_days - BLOOM_FROM_DAYS) / BLOOM_TAKES_DAYS, 0.0), 1.0),
    )


def cared_for(state: PlantState, kind: str, volume_ml: float | None) -> PlantState:
    """Return the plant after one event of care; kinds without an effect (a note) change nothing."""
    if kind == "water":
        water = state.water + (1.0 - state.water if volume_ml is None else volume_ml / POT_ML)
        drowned = max(water - 1.0, 0.0) if volume_ml is not None else 0.3 * (state.water > 0.85)  # noqa: PLR2004 - wet soil
        return msgspec.structs.replace(state, water=min(water, 1.0), soggy=min(state.soggy + drowned, 4.0))
    if kind == "feed":
        return msgspec.structs.replace(state, food=min(state.food + 0.7, 1.0))
    if kind == "prune":
        return msgspec.structs.replace(
            state, size=state.size * 0.75, green=max(state.green, 0.85), lit_days=min(state.lit_days, BLOOM_FROM_DAYS)
        )
    if kind in {"repot", "soil_change"}:
        return msgspec.structs.replace(state, food=1.0, water=0.9, soggy=0.0, shock=0.5 if kind == "repot" else 0.2)
    if kind == "temperature_event":
        return msgspec.structs.replace(state, shock=1.0)
    return _after_event(state, kind)


def _after_event(state: PlantState, kind: str) -> PlantState:
    """The plant after an event that is not in the care log."""
    if kind == "break":
        return msgspec.structs.replace(state, broken=True)
    if kind in {"remove", "return"}:
        return msgspec.structs.replace(state, present=kind == "return")
    if kind == "replace":
        young = seedling(state.plant, state.plant)
        return msgspec.structs.replace(state, size=young.size / 2, lit_days=0.0, bloom=0.0, hang=0.0, broken=False)
    return state


def truth(state: PlantState) -> PlantTruth:
    """Return the visible ground truth of the plant."""
    droop = MOST_DROOP_DEG * state.hang - NIGHT_LIFT_DEG * state.lift * (1.0 - state.hang)
    return PlantTruth(
        plant=state.plant,
        area_share=state.size,
        droop_deg=droop,
        hue_deg=88.0 + state.hue_shift_deg + 12.0 * state.green
        if state.foliage_hue_deg is None
        else state.foliage_hue_deg + state.hue_shift_deg,
        yellow_share=min(max((0.8 - state.green) / 0.8, 0.0), 1.0),
        bloom_share=state.bloom,
        leaf_count=min(5 + int(state.lit_days * 0.55 * state.vigour), MOST_LEAVES),
        water=state.water,
        food=state.food,
        half_wilted=state.hang >= 0.5,  # noqa: PLR2004 - that is what half means
        present=state.present,
    )


def _towards(value: float, target: float, days: float, constant_days: float) -> float:
    """Exponential approach of a value to `target` over `days`."""
    return target + (value - target) * math.exp(-days / constant_days)
