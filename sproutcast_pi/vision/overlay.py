"""Overlay of the findings on a copy of the photo."""

from __future__ import annotations

import math

import cv2
import numpy as np

from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.vision.metrics.plant_metrics import PlantMarks
from sproutcast_pi.vision.types import Image, Labels, Mask

_COLOURS = ((80, 220, 255), (255, 190, 60), (255, 110, 255), (90, 255, 120), (80, 130, 255), (255, 255, 90))
_YELLOW, _RED, _WHITE = (0, 230, 255), (40, 40, 255), (255, 255, 255)
_RULERS_CM = (1, 2, 5, 10, 20, 50)
_MIN_ARM_SIDE = 60
"""Minimum size in pixels of a plant for the arms, which would hide smaller ones."""


def draw_overlay(
    bgr: Image,
    labels: Labels,
    plants: tuple[PlantMeasurement, ...],
    marks: tuple[PlantMarks | None, ...],
    scale: float,
    *,
    px_per_cm: float | None = None,
) -> Image:
    """Return a copy of `bgr` with each plant's outline, number, spots, petals and droop; labels follow `plants`.

    `scale` photo pixels per pixel of `bgr`; with `px_per_cm` (photograph pixels) a ruler is drawn as well.
    """
    drawn = bgr.copy()
    thickness = max(1, round(max(bgr.shape[:2]) / 700))
    for number, (plant, found) in enumerate(zip(plants, marks, strict=True), 1):
        colour = _COLOURS[(number - 1) % len(_COLOURS)]
        outlines, _ = cv2.findContours((labels == number).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(drawn, outlines, -1, colour, thickness)
        if found is not None:
            for mask, tint in ((found.yellow, _YELLOW), (found.lesions, _RED), (found.petals, _WHITE)):
                _draw_outline(drawn, mask, found.corner, tint, thickness)
        if plant.bbox is not None:
            box = tuple(round(value / scale) for value in plant.bbox)
            _draw_droop(drawn, plant, box, colour, thickness)
            _draw_text(drawn, _caption(plant), (box[0], box[1] - 4), colour)
    if px_per_cm is not None:
        _draw_ruler(drawn, px_per_cm / scale)
    return drawn


def _caption(plant: PlantMeasurement) -> str:
    parts = [str(plant.plant)]
    if plant.area_cm2 is not None:
        parts.append(f"{plant.area_cm2:.0f} cm2")
    if plant.bloom_count:
        parts.append(f"{plant.bloom_count} in bloom")
    if plant.lesion_percent is not None and plant.lesion_percent >= 1:
        parts.append(f"{plant.lesion_percent:.0f} % spots")
    return "  ".join(parts)


def _draw_outline(
    drawn: Image, mask: Mask | None, corner: tuple[int, int], tint: tuple[int, int, int], width: int
) -> None:
    if mask is None or not mask.any():
        return
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=corner)
    cv2.drawContours(drawn, outlines, -1, tint, width)


def _draw_droop(
    drawn: Image, plant: PlantMeasurement, box: tuple[int, ...], colour: tuple[int, int, int], width: int
) -> None:
    """Draw two arms from the plant's centre with its outline's slope."""
    if plant.droop_deg is None or max(box[2:]) < _MIN_ARM_SIDE:
        return
    x, y, across, down = box
    middle = (x + across // 2, y + down // 2)
    slope = math.radians(plant.droop_deg)
    for side in (-1, 1):
        end = (round(middle[0] + side * across / 3 * math.cos(slope)), round(middle[1] + across / 3 * math.sin(slope)))
        cv2.arrowedLine(drawn, middle, end, (0, 0, 0), width + 2, cv2.LINE_AA, tipLength=0.1)
        cv2.arrowedLine(drawn, middle, end, colour, width, cv2.LINE_AA, tipLength=0.1)


def _draw_ruler(drawn: Image, px_per_cm: float) -> None:
    """Draw a scale bar of a round number of centimetres, about a fifth of the picture wide, bottom left."""
    height, width = drawn.shape[:2]
    length = max((cm for cm in _RULERS_CM if cm * px_per_cm <= width / 5), default=_RULERS_CM[0])
    left, bottom, thick = round(width / 50), height - round(height / 40), max(3, round(width / 250))
    right = left + round(length * px_per_cm)
    cv2.rectangle(drawn, (left - 2, bottom - thick - 2), (right + 2, bottom + 2), (0, 0, 0), cv2.FILLED)
    cv2.rectangle(drawn, (left, bottom - thick), (right, bottom), _WHITE, cv2.FILLED)
    _draw_text(drawn, f"{length} cm", (left, bottom - thick - 6), _WHITE)


def _draw_text(image: Image, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    """Draw text, shifted to fit inside the picture."""
    size = max(image.shape[:2]) / 1600
    (wide, tall), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, max(2, round(5 * size)))
    inside = (max(min(at[0], image.shape[1] - wide - 2), 2), max(min(at[1], image.shape[0] - 4), tall + 4))
    cv2.putText(image, text, inside, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), max(2, round(5 * size)), cv2.LINE_AA)
    cv2.putText(image, text, inside, cv2.FONT_HERSHEY_SIMPLEX, size, colour, max(1, round(2 * size)), cv2.LINE_AA)
