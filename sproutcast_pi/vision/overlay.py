"""What was seen, drawn on a copy of the photograph so that a person can check it."""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.vision.types import Image, Labels

_COLOURS = ((80, 220, 255), (255, 190, 60), (255, 110, 255), (90, 255, 120), (80, 130, 255), (255, 255, 90))


def overlay_of(bgr: Image, labels: Labels, plants: tuple[PlantMeasurement, ...], scale: float) -> Image:
    """A copy of `bgr` with each plant's outline and number; labels 1..n in the order of `plants`."""
    drawn = bgr.copy()
    thickness = max(1, round(max(bgr.shape[:2]) / 700))
    for number, plant in enumerate(plants, 1):
        colour = _COLOURS[(number - 1) % len(_COLOURS)]
        outlines, _ = cv2.findContours((labels == number).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        cv2.drawContours(drawn, outlines, -1, colour, thickness)
        if plant.bbox is None:
            continue
        x, y = (round(value / scale) for value in plant.bbox[:2])
        _write(drawn, str(plant.plant), (x, max(y - 4, 14)), colour)
    return drawn


def _write(image: Image, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    size = max(image.shape[:2]) / 1600
    cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), max(2, round(5 * size)), cv2.LINE_AA)
    cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, max(1, round(2 * size)), cv2.LINE_AA)
