"""Segmentation network: log odds of plant at low resolution.

EfficientNet-Lite0's first four stages (pretrained) and a light decoder, 0.3 million parameters, trained by `make
train` on photographs, pasted and painted plants under many lamps; see `training/`. It sees the picture at 256 x 192,
so it knows where plants are but not their edges; those come from the colours (`segment.py`).

Its input is the picture with its lamp's colour taken out, and the picture as it is. The lamp is estimated per channel
by the Minkowski mean of order 6 ("shades of grey", Finlayson & Trezzi 2004): bright surfaces count most, so a pink
lamp is divided out before the net looks. The raw channels beside it tell how strong the lamp was.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from sproutcast_pi.vision.types import Image

WEIGHTS = Path(__file__).with_name("weights") / "plants.onnx"
SIZE = (256, 192)
"""Input width and height for a landscape picture."""

CLOSE_UP_SIZE = (384, 288)
"""Input size of the second scale."""


class PlantNet:
    """A loaded network; not thread-safe."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._net = cv2.dnn.readNetFromONNX(str(weights))

    def logits(self, bgr: Image, size: tuple[int, int] = SIZE) -> Image:
        """Log odds of plant at half of `size` (float32), from a frame of any size (uint8 BGR).

        A portrait picture is shown upright, with width and height of `size` exchanged.
        """
        width, height = size if bgr.shape[1] >= bgr.shape[0] else size[::-1]
        self._net.setInput(net_input(bgr, width, height))
        out: Image = self._net.forward()[0, 0]
        return out


@cache
def shipped_net() -> PlantNet:
    """Load the shipped network once per process; loading costs as much as inference."""
    return PlantNet()


_ORDER = 6
_WHITE_LEVEL = 0.72
"""Target of the Minkowski mean, as a share of full brightness."""
_MIN_LEVEL = 0.02
"""Minimum channel level; darker ones are noise and not amplified further."""
_BRIGHTEST, _LIFTED_LEVEL, _LEAST_GAMMA = 0.995, 0.5, 0.5
"""Where not even the brightest half percent reach half of full brightness, a picture is dark."""


def net_input(bgr: Image, width: int, height: int) -> Image:
    """Input blob, 1 x 6 x height x width, float32 about -1 to 1: balanced RGB, then raw RGB."""
    small = bgr
    if bgr.shape[:2] != (height, width):
        small = cv2.resize(bgr, (width, height), interpolation=cv2.INTER_AREA)
    blob = np.empty((1, 6, height, width), np.float32)
    ramp = np.arange(256, dtype=np.float32) * np.float32(1 / 255)
    powers = ramp.astype(np.float64) ** _ORDER
    for place, plane in enumerate(cv2.split(small)[::-1]):
        counts = np.bincount(plane[::2, ::2].ravel().astype(np.intp), minlength=256)
        level = float(counts @ powers / counts.sum()) ** (1 / _ORDER)
        balanced = np.minimum(ramp * np.float32(_WHITE_LEVEL / max(level, _MIN_LEVEL)), np.float32(1.3))
        blob[0, place], blob[0, place + 3] = cv2.LUT(plane, balanced * 2 - 1), cv2.LUT(plane, ramp * 2 - 1)
    return blob


def lift_shadows(bgr: Image) -> Image:
    """Brighten a dark picture (uint8 BGR) by a gamma; others are unchanged.

    The net learned on brighter ones: of plants before black it finds more of the leaves in a raised picture.
    """
    seen = np.bincount(bgr[::4, ::4, 1].ravel(), minlength=256).cumsum()
    brightest = max(int(np.searchsorted(seen, _BRIGHTEST * seen[-1])), 1) / 255
    if brightest >= _LIFTED_LEVEL:
        return bgr
    gamma = max(float(np.log(_LIFTED_LEVEL) / np.log(brightest)), _LEAST_GAMMA)
    return cv2.LUT(bgr, (255 * np.linspace(0, 1, 256) ** gamma).round().astype(np.uint8))
