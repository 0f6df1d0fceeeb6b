"""White balance and focus of a V4L2 camera: found automatically for the first picture, then kept.

With its automatic mode switched off a USB camera stays where it is, and only then tells for certain where that is
(Linux Documentation/userspace-api/media/v4l/control.rst, V4L2_CID_AUTO_WHITE_BALANCE and V4L2_CID_FOCUS_AUTO).
"""

from __future__ import annotations

from typing import Any

import cv2
import msgspec

from sproutcast_pi.ports import CameraSettings

_PAIRS = (
    ("white_balance_k", cv2.CAP_PROP_AUTO_WB, cv2.CAP_PROP_WB_TEMPERATURE),
    ("focus", cv2.CAP_PROP_AUTOFOCUS, cv2.CAP_PROP_FOCUS),
)
"""Field of the settings, switch of the automatic mode, value."""


def prepare(capture: Any, settings: CameraSettings) -> None:
    """Set what `settings` fixes and leave the rest to the camera; what a camera has not got it ignores.

    `capture` is a cv2.VideoCapture.
    """
    for field, automatic, value in _PAIRS:
        fixed = getattr(settings, field)
        capture.set(automatic, int(fixed is None))
        if fixed is not None:
            capture.set(value, fixed)


def lock(capture: Any, settings: CameraSettings) -> CameraSettings:
    """Stop the automatic modes where they have settled; the settings with what the camera holds now.

    A camera without such a control reads less than 0, and its field stays None.
    """
    held = {}
    for field, automatic, value in _PAIRS:
        if getattr(settings, field) is None and capture.get(automatic) >= 0:
            capture.set(automatic, 0)
            number = capture.get(value)
            held[field] = number if number >= 0 else None
    return msgspec.structs.replace(settings, **held)
