"""Shared types of vision: array aliases, requests, withheld results.

cv2 types its answers no closer than Any. The channel functions are several times as fast as plain numpy.
"""

from __future__ import annotations

from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.model.metrics.registry import PIPELINES
from sproutcast_pi.protocol.worker import PlantJob

Image = NDArray[Any]
"""height x width x 3, uint8, BGR; or height x width where a docstring says so."""
Mask = NDArray[Any]
"""height x width, uint8: 0 background, 255 plant."""
Labels = NDArray[Any]
"""height x width, uint8: 0 background, 1..n the plants."""


class Withheld(msgspec.Struct, frozen=True):
    """A result that is not given because it would not be reliable."""

    reason: str
    """One of `model/withheld_reasons.py`."""


def max_channel(bgr: Image) -> Image:
    """The largest of a picture's three channels (height x width, uint8)."""
    blue, green, red = cv2.split(bgr)
    return cv2.max(cv2.max(blue, green), red)


def min_channel(bgr: Image) -> Image:
    """The smallest of them."""
    blue, green, red = cv2.split(bgr)
    return cv2.min(cv2.min(blue, green), red)


def subsample(step: int, bgr: Image) -> Image:
    """Every `step`th pixel, both ways, of a picture (height x width x 3, uint8, each row without a gap)."""
    # A pixel moved as one item of three bytes, not as three of one.
    pixels = np.ascontiguousarray(bgr.view("V3")[::step, ::step])
    return pixels.view(np.uint8).reshape(*pixels.shape[:2], 3)


class MeasureRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to measure, with which context, and which images to write; all optional."""

    plants: tuple[PlantJob, ...] = ()
    """The owner's plants; without any, those seen are numbered 1..n from the top left."""
    pipelines: tuple[str, ...] = tuple(PIPELINES)
    """For unregistered plants."""
    profile: str | None = None
    """Path of the site profile for this lamp state."""
    reference: str | None = None
    """Path of an earlier photo of the same site, to correct small camera shifts."""
    light_level: float | None = None
    """Lamp level, 0 to 1; None if unknown."""
    lamp_colour: str = "white"
    pot_diameter_cm: float | None = None
    """For unregistered plants, with `pot_region`."""
    pot_region: tuple[tuple[float, float], ...] | None = None
    px_per_cm: float | None = None
    """Photo pixels per centimetre, if known."""
    at: str | None = None
    """Time of the photo (ISO 8601), for the daily movement of leaves."""
    colour_card: bool = False
    """Look for a 24-patch card and correct the colours by it (half a second)."""
    mask_path: str | None = None
    """Where to write the plants as an 8-bit PNG of the photo's size: 0 background, 1..n in the order of the plants."""
    training_mask_path: str | None = None
    """Where to write the plant mask (PNG, 0 or 255, at measuring size), which trains a profile once confirmed."""
    overlay_path: str | None = None
    """Where to write the photo with its overlay (JPEG or PNG by suffix)."""


MIN_COLOUR_PIXELS = 1500
"""Pixels below which a plant is mostly rim, so that only its size is measured."""
