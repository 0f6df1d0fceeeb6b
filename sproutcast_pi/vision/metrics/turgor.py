"""Turgor index (pipeline P3b): slope of a plant's outline relative to the plant's own posture baseline.

Leaves that lose pressure hang, well before they are harmed, and the angle follows the water lost almost linearly
("Plant wilt detection by computer-vision tracking of leaf tips"; height and width of the outline predict expert wilt
scores: Plant Methods 2023, s13007-023-01026-w). The outline's mean slope, counted outwards from the stem on both
sides, comes from the structure tensor of the mask's edge (Bigun & Granlund 1987): with edge gradients (gx, gy) and s
the side, 1/2 atan2(sum s 2 gx gy, sum |s| (gy^2 - gx^2)). Only the outline's shape enters, so focus, exposure and
colour don't move it.

Limits: seen from above leaves point in all directions, and the index is withheld. A naturally hanging plant reads as
hanging until its owner says so. The history decides what a wilted plant is compared with: a result that hangs never
becomes the baseline by waiting (`services/capture_keeper/job_builder` leaves them out), and an owner who moved or cut
the plant restarts it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

import cv2
import msgspec
import numpy as np

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.types import Mask, Withheld

HANGING_INDEX = 0.6
"""Index at the droop that counts as hanging: some 12 h before a drying plant is half-wilted."""
MIN_HANGING_DEG, MAX_HANGING_DEG = 4.5, 16.0
SCATTER_FACTOR = 2.0
"""Droop below the baseline that counts as hanging: a multiple of its scatter, within bounds. In a
young plant each new leaf changes the outline's slope by several degrees, in a grown one hardly at all."""
SCATTER_KNOWN_AFTER = timedelta(days=4)
"""Span of history needed for the scatter: a young plant's new leaf may change the outline once in days."""
BEST_DEG, WORST_DEG = -6.0, 60.0
"""Relative to the baseline: droop at which the index is 1, and 0."""
FIRM_DEG, LIMP_DEG = 15.0, 70.0
"""Without history: droop at which the index begins to fall, and where it is 0."""
MIN_AGREEMENT_ALONE = 0.4
"""Agreement of the outline from which a droop counts without history; seen from above it is lower."""
MIN_BASELINE_RESULTS = 4
"""Earlier results needed for a baseline."""
BASELINE_RESULTS = 10
"""Firm results in the baseline: young plants change theirs within days."""
WILTED_DEG = 16.0
"""Results that hang this much below the baseline were wilted and don't change it, however long they last."""
SAME_TIME_H = 3.0
"""Hours of the day that count as the same time: leaves move up and down daily."""
_HEIGHT_SLACK, _HEIGHT_DEG = 0.04, 60.0
CLOSE_UP_SHARE = 0.85
"""Share of its box from which a mask shows a single leaf."""
MIN_AGREEMENT = 0.2
"""Agreement of the outline below which its mean slope is random."""

Entry = tuple[str, float | None, float | None, float | None]
History = Sequence[Entry]


class Droop(msgspec.Struct, frozen=True, kw_only=True):
    """Slope of a plant's outline."""

    droop_deg: float
    """Mean slope of the outline outwards from the stem, positive downwards; -90 to 90."""
    agreement: float
    """0 to 1: agreement of the outline on the slope."""


def droop_of(mask: Mask) -> Droop | Withheld:
    """Measure the outline's slope in a non-empty mask cropped to the plant (uint8, 0 or 255), or withhold it."""
    pixels = int(np.count_nonzero(mask))
    if pixels > CLOSE_UP_SHARE * mask.size:
        return Withheld(withheld_reasons.CLOSE_UP)
    height, width = mask.shape
    border = 4
    edge = cv2.copyMakeBorder(mask, border, border, border, border, cv2.BORDER_CONSTANT)
    # Smoothing is proportional to the plant's size in pixels.
    soft = cv2.GaussianBlur(edge, (0, 0), max(1.0, math.sqrt(pixels) / 80)).astype(np.float32)
    gx, gy = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    columns = np.arange(edge.shape[1], dtype=np.float32)
    axis = _stem_axis(edge, columns, height)
    side = (columns[None, :] - axis[:, None]) / np.float32(width / 2)
    strength = cv2.magnitude(gx, gy) + np.float32(1e-6)
    sine = float((side * 2 * gx * gy / strength).sum())
    cosine = float((np.abs(side) * (gy * gy - gx * gx) / strength).sum())
    total = float((np.abs(side) * strength).sum())
    # Image rows count downwards, so a positive slope of the outline outwards is one that falls.
    droop = -0.5 * math.degrees(math.atan2(sine, cosine))
    sureness = min(math.hypot(sine, cosine) / max(total, 1e-6), 1.0)
    if sureness < MIN_AGREEMENT:
        return Withheld(withheld_reasons.FROM_ABOVE)
    return Droop(droop_deg=droop, agreement=sureness)


def turgor_index(
    droop: Droop, height_px: float, history: History, at: str | None = None, *, restarted: bool = False
) -> float | None:
    """Return 1 (firm) to 0 (hanging) from droop, height, and (at, droop, height, width) of earlier results.

    With enough history the plant is compared with its own latest firm results at this time of day; a loss of height
    that accompanies the droop adds to it. Without, the droop is absolute, and a plant whose leaves don't agree on
    one isn't judged: None. Nor is one whose baseline was `restarted` by its owner, until the new one is known.
    """
    known = [entry for entry in history if entry[1] is not None]
    if not baseline_known(history):
        if restarted or droop.agreement < MIN_AGREEMENT_ALONE:
            return None
        return _clamp(1 - max(droop.droop_deg - FIRM_DEG, 0.0) / (LIMP_DEG - FIRM_DEG))
    firm = _baseline_entries(_same_time(known, at))
    baseline = [_droop_deg(entry) for entry in firm]
    lower = droop.droop_deg - median(baseline)
    hanging_deg = min(max(SCATTER_FACTOR * (max(baseline) - min(baseline)), MIN_HANGING_DEG), MAX_HANGING_DEG)
    if _timestamp(known[-1]) - _timestamp(known[0]) < SCATTER_KNOWN_AFTER:
        hanging_deg = MAX_HANGING_DEG
    heights = [entry[2] for entry in firm if entry[2]]
    if lower > hanging_deg / 2 and heights:
        loss = 1 - height_px / median(heights)
        lower += _HEIGHT_DEG * min(max(loss - _HEIGHT_SLACK, 0.0), 0.25)
    if lower < hanging_deg:
        return _clamp(1 - (1 - HANGING_INDEX) * (lower - BEST_DEG) / (hanging_deg - BEST_DEG))
    return _clamp(HANGING_INDEX * (WORST_DEG - lower) / (WORST_DEG - hanging_deg))


def _baseline_entries(entries: list[Entry]) -> list[Entry]:
    """The latest results with an unchanged posture: the current baseline.

    A new leaf changes the outline's slope by some degrees permanently; wilting changes it by more and is excluded. So
    is a droop that crept there: beyond the firm range, and far below the firmest baseline there ever was. A seedling
    that spreads its leaves stays within that range.
    """
    firm = entries[:1]
    firmest = math.inf
    for entry in entries[1:]:
        usual = median(_droop_deg(one) for one in firm)
        if len(firm) >= MIN_BASELINE_RESULTS:
            firmest = min(firmest, usual)
        droop = _droop_deg(entry)
        if droop <= usual + WILTED_DEG and droop <= max(firmest + WILTED_DEG, FIRM_DEG):
            firm = [*firm, entry][-BASELINE_RESULTS:]
    return firm


def baseline_known(history: History) -> bool:
    """Whether there are enough earlier results for a posture baseline."""
    return sum(entry[1] is not None for entry in history) >= MIN_BASELINE_RESULTS


def _droop_deg(entry: Entry) -> float:
    return entry[1] or 0.0


def _same_time(known: list[Entry], at: str | None) -> list[Entry]:
    """The entries of this time of day, or all while these are too few to estimate their scatter."""
    if at is None:
        return known
    hour = _hour(at)
    alike = [
        entry for entry in known if min(abs(_hour(entry[0]) - hour), 24 - abs(_hour(entry[0]) - hour)) <= SAME_TIME_H
    ]
    return alike if len(alike) >= BASELINE_RESULTS else known


def _timestamp(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry[0])


def _hour(at: str) -> float:
    read = datetime.fromisoformat(at)
    return read.hour + read.minute / 60


def _stem_axis(edge: Mask, columns: np.ndarray[tuple[int], np.dtype[np.float32]], height: int) -> Mask:
    """Horizontal centre of the plant around each row: the stem's position, also of a leaning plant."""
    inside = (edge > 0).astype(np.float32)
    weight, moment = inside.sum(axis=1), inside @ columns
    reach = max(height / 6, 1.0)
    smooth_weight = cv2.GaussianBlur(weight[:, None], (0, 0), reach, borderType=cv2.BORDER_CONSTANT)
    smooth_moment = cv2.GaussianBlur(moment[:, None], (0, 0), reach, borderType=cv2.BORDER_CONSTANT)
    axis: Mask = smooth_moment[:, 0] / np.maximum(smooth_weight[:, 0], 1e-3)
    return axis


def _clamp(value: float) -> float:
    return min(max(value, 0.0), 1.0)
