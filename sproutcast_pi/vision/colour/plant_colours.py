"""Colour classes of a plant's pixels in Lab: foliage, soil between leaves, petals.

Soil: Lab is cut into cells of 16 steps a side. A cell is soil when it is common around the plant and not much more
within. A spot that is mostly of soil colour is withheld. Petals: far from the foliage in Lab, and
brighter or more vivid than leaves are.
"""

from __future__ import annotations

from math import hypot

import cv2
import msgspec
import numpy as np

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.types import Image, Mask, max_channel

MIN_SOIL_SHARE = 0.002
"""Share of the surroundings from which a colour is common there."""
_MIN_SURROUNDINGS = 0.05
"""Minimum share of a plant's box that is surroundings."""
_PLANT_RATIO = 3
"""Ratio of frequencies inside and around from which a colour is the plant's own."""
_CELLS = 16**3
_MIN_BRIGHT_STEP = 11
"""Lightness step from which nothing is soil, so that a white wall does not mask white petals."""


def soil_mask(lab: Image, mask: Mask) -> Mask:
    """Pixels of the masked part of a box (Lab, uint8) that are coloured like the rest of the box; bool."""
    steps = lab >> 4
    cells = steps[..., 0].astype(np.int32) << 8 | steps[..., 1].astype(np.int32) << 4 | steps[..., 2]
    inside = mask > 0
    outside = cells[cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 0]
    if len(outside) < _MIN_SURROUNDINGS * mask.size:
        return np.zeros_like(inside)
    around = _with_neighbours(np.bincount(outside, minlength=_CELLS)) / len(outside)
    within = _with_neighbours(np.bincount(cells[inside], minlength=_CELLS)) / np.count_nonzero(inside)
    ground: Mask = ((around >= MIN_SOIL_SHARE) & (around * _PLANT_RATIO > within))[cells] & inside
    return ground


def _with_neighbours(counts: Image) -> Image:
    """Each cell's count plus half of its dull neighbours', since grainy soil has many rare colours."""
    cube = counts.reshape(16, 16, 16).astype(np.float64)
    dull = np.pad(cube, 1)
    dull[1 + _MIN_BRIGHT_STEP :] = 0
    inner = slice(1, -1)
    for axis in range(3):
        before, after = [inner] * 3, [inner] * 3
        before[axis], after[axis] = slice(0, -2), slice(2, None)
        cube += (dull[tuple(before)] + dull[tuple(after)]) / 2
    spread: Image = cube.ravel()
    return spread


def components_not_soil(found: Mask, ground: Mask, smallest: float, grain: float = np.inf) -> Mask:
    """The pieces of `found` (bool) of `smallest` pixels or more, without those of up to `grain` that are soil."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    as_ground = np.bincount(pieces[ground & found].astype(np.intp), minlength=count)
    keep = (areas >= smallest) & ((2 * as_ground < areas) | (areas > grain))
    keep[0] = False
    kept: Mask = np.where(keep, 255, 0).astype(np.uint8)[pieces]
    return kept


LEAF_GREEN, LEAF_COLOUR = 124.0, 0.1
"""Lab's a (128 is neutral) above which foliage isn't green, and the colour (distance from neutral), of the lightness,
below which it has none: infrared and coloured lamps."""
MIN_INTERIOR_SHARE, MIN_INTERIOR_SHARE_FLOWERS = 0.65, 0.5
"""Share of a plant's pixels that must lie within its rim: on thinner leaves all spots are rim. Flowers differ more."""
MAX_BURNT_OUT_SHARE = 0.1
"""Share of a plant's pixels that may have a burnt-out channel: above it, glints and petals are indistinguishable."""
_BURNT = 250
_NEUTRAL = 128


class PlantColours(msgspec.Struct, frozen=True):
    """Lab of a plant's box (uint8, OpenCV scaling), median foliage colour, and soil-coloured pixels."""

    lab: Image
    inside: Mask
    """bool."""
    lightness: float
    red_green: float
    blue_yellow: float
    soil: Mask
    """bool: inside the mask, but of a colour common around the plant, such as soil between leaves."""

    @property
    def is_green(self) -> bool:
        """Whether the foliage is green, a precondition of spots and petals."""
        return is_green_foliage(self.lightness, self.red_green, self.blue_yellow)


def foliage_of(lab: Image) -> tuple[float, float, float]:
    """The median Lab of a plant's pixels."""
    light, red_green, blue_yellow = (float(np.median(lab[..., channel])) for channel in range(3))
    return light, red_green, blue_yellow


def is_green_foliage(light: float, red_green: float, blue_yellow: float) -> bool:
    """Whether foliage of this median Lab is green."""
    return red_green <= LEAF_GREEN and hypot(red_green - _NEUTRAL, blue_yellow - _NEUTRAL) >= LEAF_COLOUR * light


def colours_of(bgr: Image, mask: Mask, gains: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> PlantColours:
    """Colours of a plant's box (uint8 BGR), each channel multiplied by its gain (B, G, R); not of an empty mask."""
    inside = mask > 0
    if gains != (1.0, 1.0, 1.0):
        bgr = cv2.LUT(bgr, _gain_lut(gains))
    lab = cv2.cvtColor(bgr, cv2.COLOR_BGR2LAB)
    return PlantColours(lab, inside, *foliage_of(lab[inside]), soil_mask(lab, mask))


def spots_withheld_reason(bgr: Image, mask: Mask) -> str | None:
    """Why spots and flowers of a plant must be withheld, or None."""
    if too_thin(mask, MIN_INTERIOR_SHARE_FLOWERS):
        return withheld_reasons.TOO_THIN
    plant = mask > 0
    if np.count_nonzero((max_channel(bgr) >= _BURNT) & plant) > MAX_BURNT_OUT_SHARE * np.count_nonzero(plant):
        return withheld_reasons.PARTLY_BURNT_OUT
    return None


def too_thin(mask: Mask, within: float = MIN_INTERIOR_SHARE) -> bool:
    """Whether less than this share of a plant's pixels lie inside its rim, so that spots look like edges."""
    inner = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return bool(np.count_nonzero(inner) < within * np.count_nonzero(mask))


def _gain_lut(gains: tuple[float, float, float]) -> Image:
    ramp = np.arange(256, dtype=np.float32)
    return np.stack([np.clip(ramp * gain, 0, 255) for gain in gains], axis=1).astype(np.uint8)[None]


MIN_DISTANCE, MIN_DISTANCE_THIN = 27.0, 36.0
"""Distance from the foliage in (a, b), OpenCV's Lab: measured on rape flowers, Dice 0.90. The rim and the bright tip of
a thin blade take some colour from what is behind, so there it must be more."""
MIN_LIGHTNESS_RATIO = 1.1
VIVID_CHROMA, VIVID_REDNESS = 42.0, 22.0
"""Red and purple this strong are petals even when dark: brown spots are duller."""
MAX_GREENER = 6.0
"""A petal isn't greener than the leaves; what is, is a young leaf in the light."""


def petal_coloured(
    lab: Image, light: float, red_green: float, blue_yellow: float, *, limit: float
) -> tuple[Mask, Image]:
    """Pixels (Lab, uint8) of petal colour relative to the given foliage, white petals excluded; bool.

    Also returns the chroma of each pixel.
    """
    red, blue = lab[..., 1].astype(np.float32), lab[..., 2].astype(np.float32)
    far = cv2.magnitude(red - red_green, blue - blue_yellow)
    colour = cv2.magnitude(red - _NEUTRAL, blue - _NEUTRAL)
    vivid = (colour > VIVID_CHROMA) & (red > _NEUTRAL + VIVID_REDNESS)
    petals: Mask = (
        (far > limit) & ((lab[..., 0] > light * MIN_LIGHTNESS_RATIO) | vivid) & (red > red_green - MAX_GREENER)
    )
    return petals, colour
