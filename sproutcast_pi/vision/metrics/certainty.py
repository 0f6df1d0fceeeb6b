"""Certainty that a mask is the plant, and all of it: the net's confidence, and whether what was found is green.

The net knows green plants best. Of purple, red or brown ones it finds a part, the mesh around, or nothing, with less
confidence than it has in green ones: recoloured photographs gave 0.28 to 0.54. Green plants of that confidence are
small or thin and yet found well.
"""

from __future__ import annotations

import msgspec
import numpy as np

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.model.presence import LOW_CONFIDENCE, REMNANT_CONFIDENCE
from sproutcast_pi.vision.types import Image

MIN_EXCESS_GREEN = 0.1
"""Median of 2g - r - b on chromaticities below which a plant isn't green: the palest seedlings here have as much."""


def with_certainty(plant: PlantMeasurement, pixels: Image, *, colourless: bool) -> PlantMeasurement:
    """The plant with the reason why it may not be this, or all of it, and then without a health score.

    `pixels` are the plant's (n x 3, uint8, BGR); in a `colourless` photograph only the confidence counts.
    """
    reason = _reason(plant, pixels, colourless=colourless)
    if reason is None:
        return plant
    left_out = plant.left_out if plant.health_score is None else plant.left_out | {"health_score": reason}
    return msgspec.structs.replace(
        plant, uncertain_reason=reason, health_score=None, health_reasons=(), left_out=left_out
    )


def _reason(plant: PlantMeasurement, pixels: Image, *, colourless: bool) -> str | None:
    if plant.confidence is None or len(pixels) == 0:
        return None
    if plant.confidence < LOW_CONFIDENCE:
        return withheld_reasons.LOW_CONFIDENCE
    if not colourless and plant.confidence < REMNANT_CONFIDENCE and _excess_green(pixels) < MIN_EXCESS_GREEN:
        return withheld_reasons.NOT_GREEN_PART
    return None


def _excess_green(pixels: Image) -> float:
    values = pixels.astype(np.float32)
    return float(np.median((3 * values[:, 1] - values.sum(axis=1)) / (values.sum(axis=1) + 1)))
