"""How many pixels make a centimetre: from a printed ArUco marker beside the plant.

The marker is one of OpenCV's 4x4 dictionary of 50, printed `MARKER_CM` wide including its black border. It must lie
at the plant's distance: a marker nearer to the camera makes the plant seem smaller.
"""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.vision.types import Image

MARKER_CM = 5.0
_SEARCH_SIDE = 540


def marker_scale(bgr: Image, scale: float, marker_cm: float = MARKER_CM) -> float | None:
    """Photograph pixels in a centimetre, from the largest marker in a frame; None when there is none.

    `scale`: photograph pixels to one of `bgr`.
    """
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
    shrink = max(1.0, max(grey.shape) / _SEARCH_SIDE)
    if shrink > 1:
        grey = cv2.resize(grey, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    corners, _ids, _ = cv2.aruco.ArucoDetector(dictionary).detectMarkers(grey)
    if not corners:
        return None
    sides = [float(np.mean(np.linalg.norm(c[0] - np.roll(c[0], 1, axis=0), axis=1))) for c in corners]
    return float(max(sides) * shrink * scale / marker_cm)
