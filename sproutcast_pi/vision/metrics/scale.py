"""Scale in pixels per centimetre: from the plant's pot, the configuration, or a printed ArUco marker.

A pot's rim is as far from the camera as its plant, so it is the best scale there is: the owner marks how wide the rim
is in the photo, once, since the camera is fixed, and enters its diameter. It isn't searched for: pots have every
shape and colour and occlude each other, and an uncertain scale is worse than none.

The marker is one of OpenCV's 4x4 dictionary of 50, printed `MARKER_CM` wide including its black border. It must lie
at the plant's distance: a marker nearer to the camera makes the plant seem smaller.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.model.measurement import Scale
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.vision.types import Image

MARKER_CM = 5.0
_SEARCH_SIDE = 540
_WINDOW = 13
_MIN_PERIMETER = 0.06
"""Of the search side: markers from 8 pixels a side."""
MIN_RIM_PX = 20
"""Pixels of the photograph: on a smaller rim a pixel is more than a tenth of an area."""


class PixelScale(msgspec.Struct, frozen=True):
    """Pixels of the photo per centimetre, and the source."""

    px_per_cm: float
    source: Scale


def pot_scale(job: PlantJob, width: int) -> PixelScale | None:
    """Scale at a plant in a photo `width` pixels wide, from its pot; None if unknown."""
    rim_px = rim_width(job, width)
    if not job.pot_diameter_cm or rim_px is None or rim_px < MIN_RIM_PX:
        return None
    return PixelScale(rim_px / job.pot_diameter_cm, "pot")


def rim_width(job: PlantJob, width: int) -> float | None:
    """Width of a plant's pot in pixels of a photograph `width` pixels wide; None if its rim isn't marked."""
    if not job.pot_region:
        return None
    across = [x for x, _ in job.pot_region]
    return (max(across) - min(across)) * width


def frame_scale(given: float | None, bgr: Image, scale: float) -> PixelScale | None:
    """Scale for plants whose pot gives none: `given`, else from a marker in the frame.

    `scale`: photo pixels per pixel of `bgr`.
    """
    if given:
        return PixelScale(given, "given")
    found = marker_scale(bgr, scale)
    return None if found is None else PixelScale(found, "marker")


def marker_scale(bgr: Image, scale: float, marker_cm: float = MARKER_CM) -> float | None:
    """Photo pixels per centimetre, from the largest marker in a frame; None if there is none.

    `scale`: photo pixels per pixel of `bgr`.
    """
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
    shrink = max(1, round(max(grey.shape) / _SEARCH_SIDE))
    if shrink > 1:
        small = (grey.shape[1] // shrink, grey.shape[0] // shrink)
        grey = cv2.resize(grey[: small[1] * shrink, : small[0] * shrink], small, interpolation=cv2.INTER_AREA)
    corners, _ids, _ = _detector().detectMarkers(grey)
    if not corners:
        return None
    sides = [float(np.mean(np.linalg.norm(c[0] - np.roll(c[0], 1, axis=0), axis=1))) for c in corners]
    return float(max(sides) * shrink * scale / marker_cm)


def _detector() -> cv2.aruco.ArucoDetector:
    settings = cv2.aruco.DetectorParameters()
    # One threshold window finds what three do in half the time; corners to whole pixels make a side 1.3 % short.
    settings.adaptiveThreshWinSizeMin = settings.adaptiveThreshWinSizeMax = _WINDOW
    settings.minMarkerPerimeterRate = _MIN_PERIMETER
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), settings)
