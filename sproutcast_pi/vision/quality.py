"""Whether a photograph may be measured at all, and why not.

Sharpness compares the picture with a blurred copy of itself (Crete et al. 2007, "The blur effect"): a picture that is
already soft loses little. It is a ratio, so exposure doesn't move it. Refusing is for pictures of which no number
would be about the plant; everything less is a flag with its reason.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.model.measurement import Quality, Verdict
from sproutcast_pi.vision.types import Image

DARK_TOP = 30.0
"""Of 255: when not even the brightest 2 in 1000 pixels reach this, there is noise instead of a picture."""
BRIGHT_SHARE = 0.85
"""Burnt-out share of the frame beyond which a picture is refused."""
FLAT_SD = 4.0
"""Of 255: a lens cap, a fogged lens or a hand close up leave nothing but one shade."""
BLURRED = 0.12
_GREY_CHROMA = 6.0


def judge(bgr: Image) -> tuple[Quality, bool]:
    """The verdict on a frame (uint8 BGR), and whether it is without colour (infrared or a grey picture)."""
    small = _shrunk(bgr)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    histogram = np.bincount(grey.ravel(), minlength=256)
    share = np.cumsum(histogram) / grey.size
    top = int(np.searchsorted(share, 0.998))
    burnt = 1.0 - float(share[250])
    sharpness = sharpness_of(grey)
    spread = float(grey.std())
    chroma = small.max(axis=2).astype(np.int16) - small.min(axis=2)
    colourless = float(np.percentile(chroma, 99)) < _GREY_CHROMA
    refused: list[str] = []
    flagged: list[str] = []
    if top < DARK_TOP:
        refused.append(f"too dark: even the brightest parts reach only {top * 100 // 255} % of full brightness")
    elif burnt > BRIGHT_SHARE:
        refused.append(f"over-exposed: {burnt * 100:.0f} % of the picture is burnt out")
    elif spread < FLAT_SD:
        refused.append("the picture shows one flat shade: is the lens covered or fogged?")
    if not refused:
        if sharpness < BLURRED:
            flagged.append("blurred: clean the lens or set its focus")
        if colourless:
            flagged.append("without colour (infrared or grey): colour metrics are left out")
    verdict: Verdict = "refused" if refused else "flagged" if flagged else "ok"
    quality = Quality(
        verdict=verdict,
        sharpness=round(sharpness, 3),
        exposure=round(float(grey.mean()) / 255, 3),
        reasons=tuple(refused or flagged),
    )
    return quality, colourless


def refused(quality: Quality, reason: str) -> Quality:
    """The same quality, refused for a reason."""
    return msgspec.structs.replace(quality, verdict="refused", reasons=(reason,))


def flagged(quality: Quality, reasons: tuple[str, ...]) -> Quality:
    """The same quality, flagged when there are reasons."""
    if not reasons:
        return quality
    return msgspec.structs.replace(quality, verdict="flagged", reasons=(*quality.reasons, *reasons))


def sharpness_of(grey: Image) -> float:
    """0 (blurred) to 1: the share of neighbour differences, at the picture's edges, that a strong blur takes away."""
    floats = grey.astype(np.int16)
    blurred = cv2.blur(grey, (9, 9)).astype(np.int16)
    lost = 0.0
    for axis in (0, 1):
        step = np.abs(np.diff(floats, axis=axis))
        soft = np.abs(np.diff(blurred, axis=axis))
        edges = step >= max(8, int(np.percentile(step, 98)))
        total = float(step[edges].sum())
        if total > 0:
            lost = max(lost, float(np.maximum(step[edges] - soft[edges], 0).sum()) / total)
    return min(max((lost - 0.5) / 0.45, 0.0), 1.0)


def _shrunk(bgr: Image) -> Image:
    """Half the measuring size: enough to judge a frame."""
    height, width = bgr.shape[:2]
    if max(height, width) < 2 * 400:
        return bgr
    return bgr[::2, ::2]
