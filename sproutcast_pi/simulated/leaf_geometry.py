"""3-D geometry of a plant: position, curvature and width of each leaf.

Axes: x to the right, y up, z towards the camera; the unit is the height of a full-grown plant. A leaf is a midrib whose
elevation falls from base to tip, with two half blades folded along it. With `droop_deg` each tip points exactly as many
degrees lower than on the firm plant.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.simulated.plant_model import PlantTruth

Points = NDArray[np.float64]

GOLDEN_DEG = 137.508
"""Golden angle between successive leaves (spiral phyllotaxis)."""
SEGMENTS = 14
LEAF_AREA = 1.9
"""Sum of squared leaf lengths of a full-grown plant."""
PETIOLE = 0.2
"""Share of a leaf's length that is stalk."""


class Leaf:
    """Geometry of one leaf: midrib, both edges, and the brightness of both halves."""

    def __init__(self, midrib: Points, left: Points, right: Points, shade: Points, *, age: float, area: float) -> None:
        self.midrib, self.left, self.right = midrib, left, right
        self.shade = shade
        """(2, SEGMENTS): brightness of the left and right half of each segment, 0 to 1."""
        self.age = age
        """1: the oldest, 0: the youngest."""
        self.area = area
        """Share of the plant's leaf area."""

    @property
    def depth(self) -> float:
        """Mean depth of the leaf, towards the camera."""
        return float(self.midrib[SEGMENTS // 2, 2])


class Shape:
    """Leaf shape parameters of one plant, from its seed."""

    def __init__(self, rng: Random) -> None:
        self.width = rng.uniform(0.42, 0.58)
        self.bulge = rng.uniform(0.65, 0.95)
        self.teeth = rng.choice([0.0, 0.015, 0.03])
        self.spread = rng.uniform(0.9, 1.1)
        self.turn_deg = rng.uniform(0, 360)


class Body(NamedTuple):
    """Geometry of one plant."""

    stem: Points
    leaves: list[Leaf]
    """Oldest first."""


def stem_height(plant: PlantTruth) -> float:
    """Return the length of the stem, soil to tip."""
    grown: float = plant.area_share**0.7
    return 0.07 + 0.45 * grown


def stem_points(plant: PlantTruth, lean: float) -> Points:
    """Return points along the stem; its tip bends on a limp plant."""
    along = np.linspace(0.0, 1.0, 12)
    height = stem_height(plant)
    nod = lean * (0.04 + 0.4 * max(plant.droop_deg, 0.0) / 70.0)
    x = nod * along**2 * height
    y = height * (along - 0.12 * abs(nod) * along**3)
    return np.stack([x, y, np.zeros_like(x)], axis=1)


def body(plant: PlantTruth, seed: int) -> Body:
    """Return a plant's geometry; the same seed gives the same shape parameters at every age."""
    rng = Random(f"leaves {seed}/{plant.plant}")  # noqa: S311 - a shape, not a secret
    shape = Shape(rng)
    stem = stem_points(plant, rng.choice([-1.0, 1.0]))
    count = plant.leaf_count
    draws = [(rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0.9, 1.1)) for _ in range(count)]
    youth = [place / max(count - 1, 1) for place in range(count)]
    relative = [
        factor * (0.78 + 0.22 * min(y * 4, 1.0)) * (1.0 - 0.5 * y**3)
        for y, (_, _, factor) in zip(youth, draws, strict=True)
    ]
    unit = (plant.area_share * LEAF_AREA / sum(r * r for r in relative)) ** 0.5
    found = []
    for place, (young, (tilt, twist, _)) in enumerate(zip(youth, draws, strict=True)):
        springs = _along(stem, 0.12 + 0.88 * young**0.85)
        azimuth = np.radians(shape.turn_deg + place * GOLDEN_DEG + 14 * twist)
        found.append(
            _leaf(
                springs,
                azimuth,
                firm_deg=12 + 52 * young**1.5 + 7 * tilt,
                droop_deg=plant.droop_deg,
                length=unit * relative[place],
                shape=shape,
                age=1.0 - young,
                area=relative[place] ** 2 / sum(r * r for r in relative),
            )
        )
    return Body(stem, found)


def _leaf(
    springs: Points,
    azimuth: float,
    *,
    firm_deg: float,
    droop_deg: float,
    length: float,
    shape: Shape,
    age: float,
    area: float,
) -> Leaf:
    along = np.linspace(0.0, 1.0, SEGMENTS + 1)
    elevation = np.radians(firm_deg - 24 * along**1.5 - droop_deg * (0.6 + 0.4 * along))
    out = np.array([np.cos(azimuth), 0.0, np.sin(azimuth)])
    up = np.array([0.0, 1.0, 0.0])
    tangent = np.cos(elevation)[:, None] * out + np.sin(elevation)[:, None] * up
    normal = -np.sin(elevation)[:, None] * out + np.cos(elevation)[:, None] * up
    limp = min(max(droop_deg, 0.0) / 70.0, 1.0)
    steps = tangent[:-1] * (length * shape.spread / SEGMENTS)
    midrib = springs + np.vstack([np.zeros(3), np.cumsum(steps, axis=0)])
    side = np.array([-np.sin(azimuth), 0.0, np.cos(azimuth)])
    # Limp blades fold along the midrib and curl at the edges.
    half = _half_width(along, shape) * length * (1.0 - 0.25 * limp)
    fold = np.radians(12 + 48 * limp)
    left_way = -np.cos(fold) * side + np.sin(fold) * normal
    right_way = np.cos(fold) * side + np.sin(fold) * normal
    shade = np.stack([_brightness(tangent, left_way), _brightness(right_way, tangent)])
    return Leaf(
        midrib, midrib + half[:, None] * left_way, midrib + half[:, None] * right_way, shade, age=age, area=area
    )


def _half_width(along: Points, shape: Shape) -> Points:
    blade = np.clip((along - PETIOLE) / (1.0 - PETIOLE), 0.0, 1.0)
    width = shape.width / 2 * np.sin(np.pi * blade**shape.bulge) ** 0.8
    teeth = 1.0 + shape.teeth * np.cos(np.pi * np.arange(len(along)))
    return np.asarray(np.maximum(width * teeth, 0.012), np.float64)


def _brightness(one: Points, other: Points) -> Points:
    """Brightness of each segment under a lamp above and slightly in front; leaves transmit some light."""
    face = np.cross(one, other)
    face /= np.linalg.norm(face, axis=1, keepdims=True) + 1e-12
    lamp = np.array([0.2, 0.88, 0.42])
    straight = face @ lamp
    bright = np.where(straight > 0, straight, -0.55 * straight)
    return np.asarray(0.42 + 0.58 * (bright[:-1] + bright[1:]) / 2, np.float64)


def _along(points: Points, share: float) -> Points:
    place = share * (len(points) - 1)
    below = int(place)
    above = min(below + 1, len(points) - 1)
    return np.asarray(points[below] + (points[above] - points[below]) * (place - below), np.float64)
