"""One job line to the worker, one answer line back, as JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.measurement import LampReading, PlantMeasurement, Quality


class PlantJob(msgspec.Struct, frozen=True, kw_only=True):
    """One plant to measure."""

    plant: int
    name: str = ""
    region: tuple[tuple[float, float], ...] | None = None
    """Polygon in the frame, each coordinate 0 to 1; None: found by itself."""
    pipelines: tuple[str, ...] = ("P3b",)
    pot_diameter_cm: float | None = None
    pot_region: tuple[tuple[float, float], ...] | None = None
    """Polygon in the frame, as wide as the pot's rim."""
    last_bbox: tuple[int, int, int, int] | None = None
    """Where it was in the picture before, so that an identity stays."""
    history: tuple[tuple[str, float | None, float | None, float | None], ...] = ()
    """(at, droop_deg, height_px, width_px) of earlier results in which it did not hang, oldest first: its baseline."""
    posture_restarted: bool = False
    """Whether its owner moved or cut it: without history its posture is not judged."""
    recent_areas: tuple[tuple[str, float | None], ...] = ()
    """(at, area in percent of the frame, None where it was withheld) of the latest results, oldest first."""
    usual_greenness: float | None = None
    """Median chlorophyll index of earlier results; None while there are too few to know."""


class WorkerJob(msgspec.Struct, frozen=True, kw_only=True):
    """Take one picture and measure it."""

    capture: int
    at: str
    """The moment of the capture, by the daemon's clock."""
    camera: str
    """pi, v4l2:/dev/video0, replay:DIR, simulated."""
    folder: str
    """Where pictures go; `file`, `thumb` and `overlay` are relative to it."""
    file: str
    thumb: str
    overlay: str
    settings: dict[str, Any] = {}
    """ports.CameraSettings as a mapping."""
    plants: tuple[PlantJob, ...] = ()
    light_level: float | None = None
    lamp_colour: str = "white"
    profile: str | None = None
    """Absolute path of the active site profile for this lamp state."""
    lesson: str | None = None
    """Absolute path for the pixels taken for plant: they teach the place once the owner confirmed them."""
    reference: str | None = None
    """Absolute path of an earlier photograph, for registration."""
    px_per_cm: float | None = None
    colour_card: bool = False
    """Whether a colour card stands beside the plants."""
    replay_index: int = 0
    """Which photograph of a replayed folder is next."""
    scene: dict[str, Any] | None = None
    """The simulated greenhouse's state, for the painting camera."""
    memory_mb: int = 600


class WorkerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it; `error` is a sentence when there is no picture."""

    capture: int
    error: str | None = None
    reason: Message | None = None
    """`error` as a message."""
    file: str | None = None
    thumb: str | None = None
    overlay: str | None = None
    width: int = 0
    height: int = 0
    bytes: int = 0
    sha256: str = ""
    settings: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    quality: Quality | None = None
    lamp: LampReading | None = None
    plants: tuple[PlantMeasurement, ...] = ()
    proposals: tuple[PlantMeasurement, ...] = ()
    """Plants seen where the owner has named none yet."""
    notes: tuple[str, ...] = ()
    profile_fits: bool | None = None
    elapsed_ms: dict[str, float] = {}
