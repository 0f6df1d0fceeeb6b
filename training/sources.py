"""Training photos, each scene with its licence; `brassica_series` is never among them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SIDE = 560
"""Long side of stored scenes: twice the net's input, so that crops stay sharp."""

SCENES: dict[str, tuple[str, str, str]] = {
    "rice": ("rice_pots/GN2_*.jpg", "_label.png", "MIT, danforthcenter/plantcv-4-paper"),
    "rosette": (
        "rosette_series/2019-*.jpg",
        "_mask.png",
        "MIT, danforthcenter/plantcv-tutorial_leaf_instance_segmentation",
    ),
    "arabidopsis": ("trays/arabidopsis_tray.jpg", "_mask.png", "CC-BY-4.0, danforthcenter/UFMG-PlantCV-Workshop"),
    "multiplant": ("trays/multiplant_small.jpg", "_mask.png", "CC-BY-4.0, danforthcenter/plantcv-tutorial-roi"),
    "tobacco": ("color_card/tobacco_wt891.jpg", "_mask.png", "MIT, danforthcenter/plantcv-workshop"),
    "succulent": ("houseplant/succulent_fisheye.jpg", "_mask.png", "MPL-2.0, danforthcenter/plantcv"),
    "quinoa": ("pots_side/quinoa_raspi.jpg", "_mask.png", "MIT, danforthcenter/plantcv-workshop"),
    "setaria": ("pots_side/setaria_*.png", "_mask.png", "MPL-2.0, danforthcenter/plantcv"),
    "card": ("color_card/card_*.png", "", "MPL-2.0, danforthcenter/plantcv"),
    "leaf": ("soy_rust/image*.jpg", "", "MIT, Prograf-UFF/asrdnet_dataset"),
}
"""Scene: files, suffix of their masks ("" if there are none), licence and source.

`card` has no plant, `leaf` is all leaf.
"""

FOLDS: tuple[tuple[str, ...], ...] = (
    ("rice", "quinoa", "arabidopsis"),
    ("rosette", "setaria", "succulent", "leaf"),
    ("multiplant", "tobacco", "card"),
)
"""Cross-validation folds; every scene is scored by a net that never saw it."""


@dataclass(frozen=True)
class Scene:
    """A photo and its mask (0 or 255), both scaled to `SIDE`."""

    name: str
    bgr: Array
    mask: Array


def load(plants: Path, held_out: tuple[str, ...] = ()) -> list[Scene]:
    """Load all photos except those of the excluded scenes."""
    found = []
    for name, (pattern, ending, _) in SCENES.items():
        if name in held_out:
            continue
        for file in sorted(plants.glob(pattern)):
            if file.stem.endswith(("_mask", "_label", "_lesion")):
                continue
            bgr = cv2.imread(str(file))
            assert bgr is not None, file
            if ending:
                mask = cv2.imread(str(file.with_name(file.stem + ending)), cv2.IMREAD_GRAYSCALE)
                assert mask is not None, file
                mask = np.where(mask > 0, 255, 0).astype(np.uint8)
            else:
                mask = np.full(bgr.shape[:2], 255 if name == "leaf" else 0, np.uint8)
            if name == "rosette":
                bgr, mask = _without_padding(bgr, mask)
            factor = SIDE / max(bgr.shape[:2])
            if factor < 1:
                bgr = cv2.resize(bgr, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
                mask = cv2.resize(mask, (bgr.shape[1], bgr.shape[0]), interpolation=cv2.INTER_AREA)
            found.append(Scene(name, bgr, mask))
    return found


def backdrops() -> list[Array]:
    """Photos without plants from scikit-image and scikit-learn (public domain, CC0 or CC-BY)."""
    from skimage import data  # noqa: PLC0415 - a training tool
    from sklearn.datasets import load_sample_image  # noqa: PLC0415 - as above

    pictures = [
        data.astronaut(),
        data.coffee(),
        data.chelsea(),
        data.rocket(),
        data.colorwheel(),
        data.immunohistochemistry(),
    ]
    pictures += [
        np.dstack([grey] * 3) for grey in (data.camera(), data.brick(), data.gravel(), data.coins(), data.page())
    ]
    pictures.append(load_sample_image("china.jpg")[:260])
    return [cv2.cvtColor(np.ascontiguousarray(p[..., :3], dtype=np.uint8), cv2.COLOR_RGB2BGR) for p in pictures]


def _without_padding(bgr: Array, mask: Array) -> tuple[Array, Array]:
    x, y, width, height = cv2.boundingRect((bgr.max(axis=2) > 12).astype(np.uint8))
    return bgr[y : y + height, x : x + width], mask[y : y + height, x : x + width]
