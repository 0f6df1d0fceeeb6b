"""The segmentation net: how likely each part of a picture is plant, from context.

EfficientNet-Lite0's first four stages (pretrained) and a light decoder, 0.3 million parameters, trained by `make train`
on photographs, pasted and painted plants under many lamps; see `training/`. It sees the picture at 256 x 192, so it
knows where plants are but not their edges; those come from the colours (`segment.py`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2

from sproutcast_pi.vision.net_input import net_input
from sproutcast_pi.vision.types import Image

WEIGHTS = Path(__file__).with_name("weights") / "plants.onnx"
SIZE = (256, 192)
"""Width and height shown to the net for a landscape picture."""

CLOSE_UP_SIZE = (384, 288)
"""What it is shown for a second, closer look."""


class PlantNet:
    """A loaded net; not for several threads at once."""

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
    """The net that ships, loaded once a process: reading it costs as much as using it."""
    return PlantNet()
