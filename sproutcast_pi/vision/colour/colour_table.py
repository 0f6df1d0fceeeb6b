"""Colour likelihood table: log odds of plant for 32 x 32 x 32 colours, learned from labelled pixels.

Each channel is cut into 32 steps so that each step holds about as many of the learned picture's values, half by count
and half by brightness: a dim picture gets its steps where its values lie. The table holds the logarithm of the odds,
smoothed over neighbouring colours, so that one frame is enough. A lookup is one index per pixel.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.types import Image, Mask

STEPS = 32
MAX_LOG_ODDS = 6.0
"""Odds are clipped at e^6: no colour is ever certain."""
MIN_STEP_VALUES, MIN_STEP_SHARE = 2.0, 0.025
"""Minimum width of a coarse step: in values, and as a share of the picture's maximum."""
_PSEUDO_COUNT = 0.5
"""Pseudocount of each class per cell (additive smoothing)."""


class ColourTable(msgspec.Struct, frozen=True):
    """Quantisation steps of each channel (3 x 256, uint16, already shifted) and log odds of each cell (32768)."""

    steps: Image
    odds: Image


def steps_of(bgr: Image, *, coarse: bool = False) -> Image:
    """Compute the quantisation steps for a picture: 3 x 256, uint16.

    With `coarse` none is finer than a photograph's noise: where no mask was confirmed, the specks that JPEG and the
    sensor leave around a leaf would else be colours of their own, and plant.
    """
    steps = np.empty((3, 256), np.uint16)
    for channel in range(3):
        counts = cv2.calcHist([bgr], [channel], None, [256], [0, 256]).ravel().astype(np.float64)
        share = np.cumsum(counts) / counts.sum()
        top = max(int(np.searchsorted(share, 0.999)), 16)
        even = np.minimum(np.arange(256) / top, 1.0)
        place = (0.5 * share + 0.5 * even) * STEPS
        if coarse:
            place = np.cumsum(np.minimum(np.diff(place, prepend=0), 1 / max(MIN_STEP_VALUES, MIN_STEP_SHARE * top)))
        steps[channel] = np.minimum(place, STEPS - 1).astype(np.uint16) << (5 * channel)
    return steps


def cells_of(bgr: Image, steps: Image) -> Image:
    """Return the table cell of each pixel (uint8 BGR), uint16."""
    blue, green, red = cv2.split(cv2.LUT(bgr, np.ascontiguousarray(steps.T)[None]))
    cells: Image = cv2.bitwise_or(cv2.bitwise_or(blue, green), red)
    return cells


def counts_of(cells: Image, plant: Mask) -> tuple[Image, Image]:
    """Count plant and background per cell; `plant` is 0 to 255."""
    flat = cells.ravel()
    total = np.bincount(flat, minlength=STEPS**3).astype(np.float32)
    seen = np.bincount(flat, plant.ravel(), minlength=STEPS**3).astype(np.float32) * np.float32(1 / 255)
    return seen, total - seen


def table_of(
    steps: Image, plant: Image, background: Image, *, balance: float = 0.5, spread: float = 0.9
) -> ColourTable:
    """Compute log odds from counts; `balance` 0 uses the pixel counts, 1 assumes both classes equally common."""
    smooth_plant, smooth_background = _smooth(plant, spread), _smooth(background, spread)
    weight = max(float(background.sum()), 1.0) / max(float(plant.sum()), 1.0)
    prior = _PSEUDO_COUNT
    odds = np.log((smooth_plant + prior / max(weight, 1.0)) / (smooth_background + prior)) + balance * np.log(weight)
    return ColourTable(steps, np.clip(odds, -MAX_LOG_ODDS, MAX_LOG_ODDS).astype(np.float32))


def _smooth(counts: Image, spread: float) -> Image:
    cube = counts.reshape(STEPS, STEPS, STEPS)
    for axis in range(3):
        flat = np.ascontiguousarray(np.moveaxis(cube, axis, 0)).reshape(STEPS, -1)
        blurred = cv2.GaussianBlur(flat, (1, 5), spread, sigmaY=spread, borderType=cv2.BORDER_REPLICATE)
        cube = np.moveaxis(blurred.reshape(STEPS, STEPS, STEPS), 0, axis)
    return np.ascontiguousarray(cube).ravel()
