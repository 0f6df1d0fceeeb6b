"""Quality assessment of a photo: good, flagged or refused, with reasons.

Sharpness compares the picture with a blurred copy of itself (Crete et al. 2007, "The blur effect"): a picture that is
already soft loses little. It is a ratio, so exposure doesn't affect it. A photo is refused when no number
would be reliable; otherwise it is flagged with reasons. With a black background only the lit part is judged: a seedling
there is a thousandth of the frame and yet well lit.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.messages.areas import photo_notes, photos
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.measurement import Quality, Verdict
from sproutcast_pi.vision.photo.lit_region import (
    MAX_BLACK_LEVEL,
    MIN_LIT_LEVEL,
    find_lit_region,
    has_black_background,
    lit_view,
)
from sproutcast_pi.vision.types import Image, max_channel, min_channel, subsample

MIN_TOP_LEVEL = 30.0
"""Of 255: when not even the brightest 2 in 1000 pixels reach this, there is noise instead of a picture."""
MAX_BURNT_OUT_SHARE = 0.985
"""Over-exposed share of the frame from which it is refused; a white backdrop alone stays below."""
MAX_PLANT_BURNT_OUT_SHARE = 0.2
"""Burnt-out share of the plants from which their colours are flagged."""
MIN_LIT_SHARE = 0.05
"""Minimum lit share of a black frame; by night only a clock or a reflection may be lit."""
MIN_MEAN_BRIGHTNESS = 0.08
"""Mean brightness below which a frame without plants is called dark instead of empty."""
MIN_SD = 4.0
"""Of 255: minimum contrast; a lens cap, a fogged lens or a hand leave one shade."""
MIN_RANGE = 30
"""Between the darkest and the brightest 2 in 1000 pixels: a seedling before a black cloth is more than one shade."""
MIN_SHARPNESS = 0.12
_GREY_CHROMA = 6
_FOCUS_SIDE = 400
_STEEPEST, _LEAST_STEP = 0.02, 8
"""Edges are the steepest of neighbour differences, by their share, and no less than so much of 255."""


def assess_quality(bgr: Image) -> tuple[Quality, bool]:
    """Assess a frame (uint8 BGR); also returns whether it is colourless (infrared or grey)."""
    small = subsample(max(1, max(bgr.shape) // 320), bgr)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    share = np.cumsum(cv2.calcHist([grey], [0], None, [256], [0, 256]), dtype=np.float64) / grey.size
    top = int(np.searchsorted(share, 0.998))
    burnt = 1.0 - float(share[250])
    black = has_black_background(bgr)
    shown = bgr[(find_lit_region(bgr) if black else None) or np.s_[:, :]]
    sharpness = sharpness_of(cv2.cvtColor(_centre_crop(shown), cv2.COLOR_BGR2GRAY))
    flat = float(grey.std()) < MIN_SD and top - int(np.searchsorted(share, 0.002)) < MIN_RANGE
    chroma = cv2.subtract(max_channel(small), min_channel(small))
    coloured = chroma[max_channel(small) > MAX_BLACK_LEVEL] if black else chroma.ravel()
    colours = np.cumsum(np.bincount(coloured.astype(np.intp), minlength=256))
    colourless = int(np.searchsorted(colours, 0.99 * colours[-1])) < _GREY_CHROMA
    refusal: Message | None = None
    flagged: list[Message] = []
    small_but_lit = black and (top < MIN_TOP_LEVEL or flat) and int(lit_view(bgr).max()) >= MIN_LIT_LEVEL
    if top < MIN_TOP_LEVEL and not small_but_lit:
        refusal = photos.TOO_DARK(share=top * 100 // 255)
    elif burnt > MAX_BURNT_OUT_SHARE:
        refusal = photos.OVEREXPOSED(share=burnt * 100)
    elif flat and not small_but_lit:
        refusal = photos.ONE_SHADE()
    if refusal is None and sharpness < MIN_SHARPNESS:
        flagged.append(photo_notes.BLURRED())
    quality = Quality(
        verdict="ok",
        sharpness=round(sharpness, 3),
        exposure=round(float(grey.mean()) / 255, 3),
    )
    return as_refused(quality, refusal) if refusal else as_flagged(quality, tuple(flagged)), colourless


def is_dark(bgr: Image, exposure: float) -> bool:
    """Whether a frame (uint8 BGR) without plants is dark; with a black background the lit part counts."""
    return exposure < MIN_MEAN_BRIGHTNESS and float(np.mean(lit_view(bgr) >= MIN_LIT_LEVEL)) < MIN_LIT_SHARE


def as_refused(quality: Quality, reason: Message) -> Quality:
    """Return the quality as refused for a reason."""
    return msgspec.structs.replace(_with_reasons(quality, "refused", (reason,)), refusal=reason)


def as_uncertain(quality: Quality, reasons: tuple[Message, ...]) -> Quality:
    """Return the quality as uncertain if there are reasons; flags stay."""
    if not reasons or quality.verdict == "refused":
        return quality
    return _with_reasons(quality, "uncertain", (*reasons, *quality.messages))


def as_flagged(quality: Quality, reasons: tuple[Message, ...]) -> Quality:
    """Return the quality as flagged if there are reasons."""
    if not reasons:
        return quality
    return _with_reasons(quality, "flagged", (*quality.messages, *reasons))


def sharpness_of(grey: Image) -> float:
    """Sharpness, 0 (blurred) to 1: share of neighbour differences at edges that a strong blur removes."""
    blurred = cv2.blur(grey, (9, 9))
    lost = 0.0
    for earlier, later in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
        step, soft = cv2.absdiff(grey[earlier], grey[later]), cv2.absdiff(blurred[earlier], blurred[later])
        edges = np.flatnonzero(step >= _LEAST_STEP)
        steep, softened = step.ravel()[edges], soft.ravel()[edges]
        most = round(_STEEPEST * step.size)
        if len(edges) > most:
            steepest = steep >= np.partition(steep, -most)[-most]
            steep, softened = steep[steepest], softened[steepest]
        total = float(steep.sum(dtype=np.int64))
        if total > 0:
            lost = max(lost, float(cv2.subtract(steep, softened).sum(dtype=np.int64)) / total)
    return min(max((lost - 0.5) / 0.45, 0.0), 1.0)


def _with_reasons(quality: Quality, verdict: Verdict, reasons: tuple[Message, ...]) -> Quality:
    texts = tuple(english(reason) for reason in reasons)
    return msgspec.structs.replace(quality, verdict=verdict, reasons=texts, messages=reasons)


def _centre_crop(bgr: Image) -> Image:
    """Centre crop of a frame for the sharpness."""
    height, width = bgr.shape[:2]
    rows, columns = min(height, _FOCUS_SIDE), min(width, _FOCUS_SIDE)
    top, left = (height - rows) // 2, (width - columns) // 2
    return bgr[top : top + rows, left : left + columns]
