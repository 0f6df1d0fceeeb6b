"""What we need from outside: a light, a camera, a clock. Small protocols; real and simulated ones answer alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Protocol

import msgspec


class LightDriver(Protocol):
    """A grow lamp on one output. Whoever holds it is its only owner."""

    def set_level(self, level: float) -> None:
        """Set the output to `level`, 0.0 (off) to 1.0 (full). A relay is on from 0.5.

        Raises OSError when the output can't be driven.
        """

    def close(self) -> None:
        """Switch off and release the pin."""


class Clock(Protocol):
    """Time. Everything that waits or stamps asks one of these, so tests can turn it."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never jump, from an arbitrary start."""

    def trusted(self) -> bool:
        """Whether the wall clock has been set by network, RTC or a person since boot."""

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait until `event` is set or `seconds` of this clock have passed; True when it was set.

        A turned or sped-up clock returns as soon as its own time has come.
        """


class Board(Protocol):
    """The computer itself."""

    def temperature_c(self) -> float | None:
        """The processor's temperature in Celsius; None: unknown."""

    def undervoltage(self) -> bool | None:
        """Whether the supply is too weak right now; None: unknown."""

    def serial(self) -> str | None:
        """The board's serial number; None where it has none."""


class CameraSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a picture is to be taken; a None is left to the camera, which then reports what it settled on."""

    width: int | None = None
    """Pixels before the picture is turned by `rotation_deg`."""
    height: int | None = None
    exposure_us: int | None = None
    gain: float | None = None
    red_gain: float | None = None
    blue_gain: float | None = None
    lens_position: float | None = None
    """Dioptres, as libcamera counts."""
    white_balance_k: float | None = None
    """Colour temperature in kelvins, as V4L2 cameras balance."""
    focus: float | None = None
    """Focus of a V4L2 camera, in its driver's own steps."""
    rotation_deg: int = 0
    """Clockwise, in quarter turns."""
    settle_s: float = 2.0
    """How long automatic exposure and balance may settle before they are locked."""
    jpeg_quality: int = 92


class TakenPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that now lies on disk whole."""

    path: str
    width: int
    height: int
    settings: CameraSettings
    """What was requested of the camera; requested again, it gives the next picture the same exposure.

    Never what the camera reported: libcamera floors exposure to whole lines and gain to codes at each report, so a
    chain of requests made of reports drifts dark (raspberrypi/libcamera src/ipa/rpi/cam_helper/cam_helper.cpp).
    """
    metadata: Mapping[str, float | int | str] = {}


class Camera(Protocol):
    """Takes one picture at a time. Lives in the worker, never in the daemon."""

    def take(self, settings: CameraSettings, path: Path) -> TakenPhoto:
        """Take a picture and leave it whole at `path` (JPEG); blocks.

        Raises CameraError with a sentence for the owner when there is none.
        """

    def close(self) -> None:
        """Release the camera."""
