"""Measurements of one photo: its quality and each plant's metrics, as frozen values."""

from __future__ import annotations

from typing import Literal

import msgspec

from sproutcast_pi.messages.areas import photos
from sproutcast_pi.messages.message import Message

Verdict = Literal["ok", "flagged", "uncertain", "refused"]
"""`refused`: no number of this photo may be published. `flagged`: published, with the reasons beside them.
`uncertain`: nothing was found, or perhaps something else or only a part of the plant."""


Scale = Literal["pot", "given", "marker"]
"""Source of the scale: the pot's marked rim, the configuration, or a marker in the photo."""
UNUSUAL_LIGHT = frozenset({photos.UNUSUAL_DARK.code, photos.UNUSUAL_BRIGHT.code})
"""Codes of the reasons that identify photos in unusual light."""


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """Quality verdict of a photo with its reasons."""

    verdict: Verdict
    sharpness: float
    """0 to 1."""
    exposure: float
    """Mean brightness of the frame, 0 to 1."""
    reasons: tuple[str, ...] = ()
    """English texts of `messages`."""
    messages: tuple[Message, ...] = ()
    """The reasons as codes and values, for readers of every language."""
    refusal: Message | None = None
    """Why it is refused, in every language; `reasons` then holds its English text alone."""


class PlantMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """Metrics of one plant in one photo. A metric that was not measured, or is not reliable, is None."""

    plant: int
    """The plant's id in the store, or its number in the photo (1..n) if unregistered."""
    bbox: tuple[int, int, int, int] | None = None
    """x, y, width, height in pixels of the photograph."""
    area_px: int | None = None
    area_percent: float | None = None
    """Share of the frame, in percent."""
    area_cm2: float | None = None
    """None without a scale."""
    scale: Scale | None = None
    """Source of the scale."""
    height_px: int | None = None
    height_cm: float | None = None
    width_px: int | None = None
    compactness: float | None = None
    """0 to 1: share of its convex hull that the plant fills."""
    chlorophyll_index: float | None = None
    """0 to 1, from chromaticities."""
    excess_green: float | None = None
    """2g - r - b on chromaticities, -1 to 2."""
    turgor_index: float | None = None
    """0 (hanging) to 1 (firm), from geometry."""
    droop_deg: float | None = None
    """How far leaf tips hang, in degrees below their upright position."""
    hue_deg: float | None = None
    hue_sd_deg: float | None = None
    leaf_count: int | None = None
    bloom_percent: float | None = None
    bloom_count: int | None = None
    lesion_percent: float | None = None
    yellow_percent: float | None = None
    health_score: int | None = None
    """0 to 100."""
    health_reasons: tuple[str, ...] = ()
    """Deductions of the score as text: "-12: 8 % of the canopy yellow"."""
    stage: str | None = None
    confidence: float | None = None
    """0 to 1: confidence of the segmentation in this plant."""
    left_out: dict[str, str] = {}
    """Withheld metrics, each with its reason (`model/withheld_reasons.py`)."""
    uncertain_reason: str | None = None
    """Why the numbers may not be this plant's, or only of a part of it; None: no doubt."""


class LampReading(msgspec.Struct, frozen=True, kw_only=True):
    """State of the lamp as seen in the photo."""

    lit: bool | None
    """None if it can't be determined."""
    colour: str | None = None
    """"white", "pink", "amber", "dark" ..."""
    brightness: float = 0.0
    """0 to 1."""


class PhotoMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """All measurements of one photo; `analyze --json` prints one per line."""

    file: str
    width: int
    height: int
    quality: Quality
    plants: tuple[PlantMeasurement, ...] = ()
    proposals: tuple[PlantMeasurement, ...] = ()
    """Plants found outside all of the owner's regions."""
    elapsed_ms: dict[str, float] = {}
    """Milliseconds of decode, segment, total, and of each pipeline."""
    lamp: LampReading | None = None
    notes: tuple[str, ...] = ()
    """Notes for the owner, in English: the profile no longer fits, the camera moved."""
    messages: tuple[Message, ...] = ()
    """The notes as codes and values, in the same order."""
    profile_fits: bool | None = None
    """Whether the site profile fits this photo; None: there was none."""
