"""Certainty that a mask is the whole plant: the net's confidence at both scales, and the mask's greenness.

The net recognises green plants best. Of purple, red or brown ones it finds a part, a mesh, or nothing, with less
confidence than of green ones: recoloured photographs gave 0.28 to 0.54. Green plants of that confidence are
small or thin and yet found well. Yellow objects are the most frequent false positives: their threshold is higher.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.model.presence import LOW_CONFIDENCE, REMNANT_CONFIDENCE
from sproutcast_pi.vision.segmentation.closer_look import closer_look
from sproutcast_pi.vision.types import Image, Mask

MIN_EXCESS_GREEN = 0.1
"""Median of 2g - r - b on chromaticities below which a plant isn't green: the palest seedlings here have as much."""
CLEAR_CONFIDENCE = 0.9
"""Confidence from which no closer look is needed: false positives reach less."""
MIN_AGREEMENT = 0.5
"""Mean log odds of the closer look below which it does not confirm a plant."""
MAX_YELLOW_HUE, MIN_YELLOW_AGREEMENT = 68.0, 1.5
"""The same of what is yellow: a median hue (degrees) below this. Plants in yellow light reach 1.7 and more."""


class PlantPixels(msgspec.Struct, frozen=True):
    """A plant in the measuring picture."""

    bgr: Image
    mask: Mask
    """uint8 or bool, of the picture's size, not empty where something was found."""

    @property
    def colours(self) -> Image:
        """Its pixels, n x 3."""
        return self.bgr[self.mask > 0]


def with_certainty(
    plant: PlantMeasurement, pixels: PlantPixels, *, colourless: bool, closer: bool = True
) -> PlantMeasurement:
    """Add the reason why the mask may not be the whole plant, and then withhold the health score.

    In a `colourless` photograph colours don't count; a `closer` look is needless where the site profile fits.
    """
    reason = _reason(plant, pixels, colourless=colourless, closer=closer)
    if reason is None:
        return plant
    left_out = plant.left_out if plant.health_score is None else plant.left_out | {"health_score": reason}
    return msgspec.structs.replace(
        plant, uncertain_reason=reason, health_score=None, health_reasons=(), left_out=left_out
    )


def _reason(plant: PlantMeasurement, pixels: PlantPixels, *, colourless: bool, closer: bool) -> str | None:
    colours = pixels.colours
    if plant.confidence is None or len(colours) == 0:
        return None
    if plant.confidence < LOW_CONFIDENCE:
        return withheld_reasons.LOW_CONFIDENCE
    if not colourless and plant.confidence < REMNANT_CONFIDENCE and _excess_green(colours) < MIN_EXCESS_GREEN:
        return withheld_reasons.NOT_GREEN_PART
    if not closer or plant.confidence >= CLEAR_CONFIDENCE:
        return None
    yellow = not colourless and _hue(colours) < MAX_YELLOW_HUE
    agreement = closer_look(pixels.bgr, pixels.mask)
    confirmed = agreement >= (MIN_YELLOW_AGREEMENT if yellow else MIN_AGREEMENT)
    return None if confirmed else withheld_reasons.NOT_CONFIRMED


def _hue(colours: Image) -> float:
    """Median hue in degrees; OpenCV halves them."""
    return 2 * float(np.median(cv2.cvtColor(colours[None], cv2.COLOR_BGR2HSV)[0, :, 0]))


def _excess_green(pixels: Image) -> float:
    values = pixels.astype(np.float32)
    return float(np.median((3 * values[:, 1] - values.sum(axis=1)) / (values.sum(axis=1) + 1)))
