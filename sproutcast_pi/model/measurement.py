"""What one photograph says: its quality, and for each plant the numbers, as frozen values."""

from __future__ import annotations

from typing import Literal

import msgspec

Verdict = Literal["ok", "flagged", "uncertain", "refused"]
"""`refused`: no number of this picture may be published. `flagged`: published, with the reasons beside them.
`uncertain`: nothing was found, or perhaps something else or only a part of the plant."""


Scale = Literal["pot", "given", "marker"]
"""What tells how many pixels make a centimetre: the pot's marked rim, the configuration, a marker in the picture."""
AS_BRIGHT = "as bright as its place was before"
"""Part of a reason of `Quality`, by which pictures in unusual light are known."""


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a photograph can be measured, and why not."""

    verdict: Verdict
    sharpness: float
    """0 to 1."""
    exposure: float
    """Mean brightness of the frame, 0 to 1."""
    reasons: tuple[str, ...] = ()


class PlantMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """One plant in one photograph. A metric that was not measured, or can't be trusted, is None."""

    plant: int
    """The plant's id in the store, or its number in the picture (1..n) where nobody named it."""
    bbox: tuple[int, int, int, int] | None = None
    """x, y, width, height in pixels of the photograph."""
    area_px: int | None = None
    area_percent: float | None = None
    """Share of the frame, in percent."""
    area_cm2: float | None = None
    """None where no scale is known."""
    scale: Scale | None = None
    """What centimetres stand on."""
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
    """What the score lost, in words: "-12: 8 % of the canopy yellow"."""
    stage: str | None = None
    confidence: float | None = None
    """0 to 1: how sure the segmentation is of this plant."""
    left_out: dict[str, str] = {}
    """The metrics that were asked for and aren't told, each with its reason (`model/withheld_reasons.py`)."""
    uncertain_reason: str | None = None
    """Why these numbers may not be this plant's, or only a part of it; None: nothing speaks against them."""


class LampReading(msgspec.Struct, frozen=True, kw_only=True):
    """What the picture says about the lamp."""

    lit: bool | None
    """None when the picture can't tell."""
    colour: str | None = None
    """"white", "pink", "amber", "dark" ..."""
    brightness: float = 0.0
    """0 to 1."""


class PhotoMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one photograph says; `analyze --json` prints one a line."""

    file: str
    width: int
    height: int
    quality: Quality
    plants: tuple[PlantMeasurement, ...] = ()
    proposals: tuple[PlantMeasurement, ...] = ()
    """Plants seen outside all of the owner's regions."""
    elapsed_ms: dict[str, float] = {}
    """decode, segment, total, and a name a pipeline."""
    lamp: LampReading | None = None
    notes: tuple[str, ...] = ()
    """Things the owner should know: the profile no longer fits, the camera moved."""
    profile_fits: bool | None = None
    """Whether the site profile that was used fits this picture; None: there was none."""
