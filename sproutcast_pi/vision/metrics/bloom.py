"""Bloom (pipeline P5): petals, the parts of a plant brighter than its foliage and of another colour.

In Lab, whose a axis goes from green to red and b from blue to yellow, foliage lies close together. A petal lies far
from the foliage's median in (a, b), or, when white, far above it in lightness with hardly any colour. So yellow,
red, purple and white are found alike, without a list of hues. Yellow leaves are yellow too, but no brighter than
leaves are: brightness tells them apart, most of the time. A petal has an edge; glare on a leaf fades into its green.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.colour.plant_colours import (
    MIN_DISTANCE,
    MIN_DISTANCE_THIN,
    PlantColours,
    components_not_soil,
    petal_coloured,
    too_thin,
)
from sproutcast_pi.vision.types import Image, Labels, Mask

WHITE_LIGHT, WHITE_COLOUR, WHITE_RISE = 165.0, 16.0, 1.5
MIN_PETAL_SHARE = 0.0004
"""Share of the plant: smaller spots are glints."""
MIN_WHITE_SHARE = 0.005
"""Larger minimum for white petals, since glints and perlite are white too."""
MAX_GRAIN_SHARE = 0.01
"""Spots up to this share of the plant, coloured as what lies around it, are grains of soil seen between leaves."""
MIN_BLOOM_SHARE = 0.01
"""Share of the plant below which all bloom is attributed to glints and grains."""
MIN_EDGE_STEP = 35.0
"""Step in Lab from a petal's rim to the leaf two pixels on: flowers of rape have 95 and more, glare has up to 25."""
LABEL_ASPECT, LABEL_RECTANGULARITY = 2.0, 0.86
"""Length to width, and share of its own rectangle, from which something white is a label: ellipses fill 0.79."""
LABEL_RIM_PX = 5
"""Pixels across which a label's rim mixes with what lies behind it."""


class Bloom(msgspec.Struct, frozen=True, kw_only=True):
    """The petals of a plant."""

    bloom_percent: float
    bloom_count: int
    """Separate groups of petals; flowers that touch count once."""
    mask: Mask


def bloom_of(colours: PlantColours) -> Bloom:
    """Measure the petals within a plant's box."""
    light = colours.lab[..., 0]
    limit = MIN_DISTANCE_THIN if too_thin(np.where(colours.inside, 255, 0).astype(np.uint8)) else MIN_DISTANCE
    foliage = (colours.lightness, colours.red_green, colours.blue_yellow)
    coloured, colour = petal_coloured(colours.lab, *foliage, limit=limit)
    pale = colour < WHITE_COLOUR
    white = pale & (light > max(WHITE_LIGHT, min(colours.lightness * WHITE_RISE, 235.0)))
    area = int(np.count_nonzero(colours.inside))
    grain, ground = area * MAX_GRAIN_SHARE, colours.soil
    petals = components_not_soil(coloured & colours.inside, ground, max(4.0, area * MIN_PETAL_SHARE), grain)
    petals |= components_not_soil(white & colours.inside, ground, max(30.0, area * MIN_WHITE_SHARE), grain)
    petals = _drop_without_edges(_drop_pot_labels(petals, pale), colours)
    if np.count_nonzero(petals) < area * MIN_BLOOM_SHARE:
        petals[:] = 0
    groups = _count_flowers(petals, area) if petals.any() else 0
    return Bloom(bloom_percent=float(100.0 * np.count_nonzero(petals) / area), bloom_count=groups, mask=petals)


def _drop_pot_labels(petals: Mask, pale: Mask) -> Mask:
    """Remove pale oblong rectangles: labels on a pot or a stick."""
    kept = petals.copy()
    white = np.where(pale, petals, 0).astype(np.uint8)
    outlines, _ = cv2.findContours(white, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for outline in outlines:
        sides = sorted(cv2.minAreaRect(outline)[1])
        hull = cv2.contourArea(cv2.convexHull(outline))
        if sides[1] >= LABEL_ASPECT * sides[0] and hull >= LABEL_RECTANGULARITY * sides[0] * sides[1] > 0:
            cv2.drawContours(kept, [outline], -1, 0, cv2.FILLED)
            cv2.drawContours(kept, [outline], -1, 0, LABEL_RIM_PX)
    return kept


def _drop_without_edges(petals: Mask, colours: PlantColours) -> Mask:
    """Remove petals that fade into the leaf; those without an adjacent leaf stay."""
    count, pieces = cv2.connectedComponents(petals, connectivity=8, ltype=cv2.CV_16U)
    around = cv2.dilate(pieces, np.ones((7, 7), np.uint8))
    around[(cv2.dilate(petals, np.ones((3, 3), np.uint8)) > 0) | ~colours.inside] = 0
    rim = np.where(cv2.erode(petals, np.ones((3, 3), np.uint8)) > 0, 0, pieces)
    steps = _mean_colours(colours.lab, rim, count) - _mean_colours(colours.lab, around, count)
    fades = np.linalg.norm(steps, axis=1) < MIN_EDGE_STEP
    fades[0] = False
    return np.where(fades[pieces], 0, petals).astype(np.uint8)


def _mean_colours(lab: Image, labels: Labels, count: int) -> Image:
    """Mean colour of each label (count x 3); NaN for absent labels."""
    chosen = labels > 0
    numbers, colours = labels[chosen], lab[chosen]
    pixels = np.bincount(numbers, minlength=count).astype(np.float64)
    pixels[pixels == 0] = np.nan
    return np.stack([np.bincount(numbers, colours[:, c], minlength=count) / pixels for c in range(3)], axis=1)


def _count_flowers(petals: Mask, area: int) -> int:
    """Count flowers: petals nearer than a fortieth of the plant's size form one flower."""
    reach = max(3, round(area**0.5 / 40)) | 1
    joined = cv2.morphologyEx(petals, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    return int(cv2.connectedComponents(joined, connectivity=8)[0]) - 1
