"""What the segmentation net is shown: the picture with its lamp's colour taken out, and the picture as it is.

The lamp is estimated per channel by the Minkowski mean of order 6 ("shades of grey", Finlayson & Trezzi 2004): bright
surfaces count most, so a pink lamp is divided out before the net looks. The raw channels beside it tell how strong
the lamp was.
"""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.vision.types import Image

_ORDER = 6
_WHITE = 0.72
"""Where the Minkowski mean lands, of full brightness."""
_MIN_LEVEL = 0.02
"""A channel darker than this is noise: it isn't lifted further."""


def net_input(bgr: Image, width: int, height: int) -> Image:
    """The net's blob, 1 x 6 x height x width, float32 about -1 to 1: balanced RGB, then raw RGB."""
    small = bgr
    if bgr.shape[:2] != (height, width):
        small = cv2.resize(bgr, (width, height), interpolation=cv2.INTER_AREA)
    raw = small[..., ::-1].astype(np.float32) * np.float32(1 / 255)
    cubes = raw[::2, ::2] ** 3
    level = np.mean(cubes * cubes, axis=(0, 1)) ** (1 / _ORDER)
    balanced = np.minimum(raw * (_WHITE / np.maximum(level, _MIN_LEVEL)).astype(np.float32), 1.3)
    blob = np.concatenate([balanced, raw], axis=2).transpose(2, 0, 1)[None]
    return np.ascontiguousarray(blob * 2 - 1)
