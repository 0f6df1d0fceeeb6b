"""Cut-out photos of objects, plants and flowers to paste into training images.

The Debian package `tuxpaint-stamps-default` (GPL-2) contains some 800 small images with transparency: animals,
tools, dishes, toys, people, vehicles. A net that has seen a kettle beside a plant doesn't take it for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Rng = np.random.Generator

STAMPS = "usr/share/tuxpaint/stamps"
LEAF_CUTOUTS = (
    "food/vegetables/lettuce",
    "food/vegetables/redlettuce",
    "plants/eggplant",
    "plants/lettuce_bolted",
    "plants/thyme",
    "plants/trees/holm_oak",
    "plants/trees/liberia-palm",
    "plants/trees/tree336",
    "plants/trees/holly_leaves",
)
"""Folders of plant stamps; single flowers are kept apart."""
EXCLUDED = ("food/fruit", "food/vegetables", "plants", "seasonal", "symbols", "naturalforces", "space")
"""Excluded: fruit, mushrooms, winter trees, signs and skies are neither plants to measure nor objects on a shelf."""


@dataclass(frozen=True)
class Cutouts:
    """Sets of BGRA images (height x width x 4, uint8)."""

    leaves: list[Array]
    flowers: list[Array]
    objects: list[Array]


def load_cutouts(root: Path) -> Cutouts:
    """Load the stamps of the unpacked package at `root`; raises FileNotFoundError if there are none."""
    found = Cutouts([], [], [])
    folder = root / STAMPS
    for file in sorted(folder.rglob("*.png")):
        name = file.relative_to(folder).with_suffix("").as_posix()
        picture = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
        if picture is None or picture.ndim != 3 or picture.shape[2] != 4:
            continue  # no transparent background
        if name in LEAF_CUTOUTS:
            found.leaves.append(picture)
        elif name.startswith("plants/flowers/"):
            found.flowers.append(picture)
        elif not name.startswith(EXCLUDED):
            found.objects.append(picture)
    if not found.objects:
        raise FileNotFoundError(f"no stamps below {folder}: unpack Debian's tuxpaint-stamps-default there")
    return found


def place_cutout(rng: Rng, stamp: Array, height: int, width: int, share: tuple[float, float]) -> tuple[Array, Array]:
    """Place the cut-out at random on an empty canvas, rotated, `share` of its height long: BGR and alpha (0 to 255)."""
    factor = height * rng.uniform(*share) / max(stamp.shape[:2])
    if factor < 1:
        stamp = cv2.resize(stamp, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    tall, wide = stamp.shape[:2]
    angle = float(rng.choice([0.0, 0.0, 90.0]) + rng.normal(0, 15))
    turn = cv2.getRotationMatrix2D((wide / 2, tall / 2), angle, max(1.0, factor))
    turn[:, 2] += rng.uniform(0, 1, 2) * (width, height) - (wide / 2, tall / 2)
    seen = stamp[..., 3] > 0
    colours = stamp[..., :3].copy()
    # Transparent pixels may have any colour, which would bleed in at the edge.
    colours[~seen] = colours[seen].mean(axis=0) if seen.any() else 0
    over = cv2.warpAffine(colours, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return over, cv2.warpAffine(stamp[..., 3], turn, (width, height))


def tint_green(rng: Rng, bgr: Array) -> Array:
    """Tint the image green, as plastic objects may be."""
    hsv = cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)
    hsv[..., 0] = int(rng.uniform(32, 92))
    hsv[..., 1] = np.clip(hsv[..., 1].astype(np.float32) * 0.5 + rng.uniform(20, 150), 0, 255).astype(np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
