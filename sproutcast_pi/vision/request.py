"""What is asked of a photograph."""

from __future__ import annotations

import msgspec

from sproutcast_pi.model.metrics.registry import PIPELINES
from sproutcast_pi.protocol.worker import PlantJob


class MeasureRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to measure, with what knowledge, and which pictures to leave behind. All of it may be left out."""

    plants: tuple[PlantJob, ...] = ()
    """The owner's plants; without any, those seen are numbered 1..n from the top left."""
    pipelines: tuple[str, ...] = tuple(PIPELINES)
    """For plants that nobody named."""
    profile: str | None = None
    """Path of the site profile for this lamp state."""
    reference: str | None = None
    """Path of an earlier photograph of the same place, to correct small camera shifts."""
    light_level: float | None = None
    """What the lamp was set to, 0 to 1; None when nobody knows."""
    lamp_colour: str = "white"
    pot_diameter_cm: float | None = None
    """For plants that nobody named, with `pot_region`."""
    pot_region: tuple[tuple[float, float], ...] | None = None
    px_per_cm: float | None = None
    """Pixels of the photograph in a centimetre, where known."""
    at: str | None = None
    """The moment of the picture (ISO 8601): plants move up and down daily."""
    colour_card: bool = False
    """Look for a 24-patch card and correct the colours by it (half a second)."""
    mask_path: str | None = None
    """Where to write the plants as an 8 bit PNG as large as the photograph: 0 background, 1..n in the order told."""
    training_mask_path: str | None = None
    """Where to write what was taken for plant (PNG, 0 or 255, at measuring size): confirmed, it teaches a profile."""
    overlay_path: str | None = None
    """Where to write the photograph with what was seen drawn on it (JPEG or PNG by its ending)."""
