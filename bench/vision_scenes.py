"""Development photos as scenes with ground truth."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
FOLDERS = {"rice_pots": "rice", "rosette_series": "rosette", "brassica_series": "brassica"}
FILES = {
    "trays/arabidopsis_tray.jpg": "arabidopsis",
    "trays/multiplant_small.jpg": "multiplant",
    "color_card/tobacco_wt891.jpg": "tobacco",
    "houseplant/succulent_fisheye.jpg": "succulent",
    "pots_side/quinoa_raspi.jpg": "quinoa",
    "pots_side/setaria_small.png": "setaria",
    "pots_side/setaria_ml.png": "setaria",
}


class Picture(NamedTuple):
    """A photo with its ground truth."""

    scene: str
    cast: str
    file: Path
    mask: Path
    row: dict[str, str]

    def truth(self) -> Array:
        """Plant pixels, bool, at the photo's size."""
        mask = cv2.imread(str(self.mask), cv2.IMREAD_GRAYSCALE)
        assert mask is not None, self.mask
        return mask > 0


def pictures(dev: Path, every: int = 4) -> list[Picture]:
    """Load all photos with a mask; of the long series each `every`th, to keep the bench at minutes."""
    with (dev / "manifest.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["mask"]]
    found, seen = [], 0
    for row in rows:
        scene = _scene(row["file"])
        if scene == "brassica":
            seen += 1
            if seen % every:
                continue
        found.append(Picture(scene, row["cast"], dev / row["file"], dev / row["mask"], row))
    return found


def _scene(name: str) -> str:
    folder, _, rest = name.partition("/")
    if folder != "casts":
        return FOLDERS.get(folder) or FILES[name]
    for known, scene in {
        **FOLDERS,
        **{key.replace("/", "__").rsplit(".", 1)[0]: v for key, v in FILES.items()},
    }.items():
        if rest.startswith(known):
            return scene
    raise ValueError(name)


def dice(first: Array, second: Array) -> float:
    """Dice coefficient: twice the intersection over the sum."""
    total = int(first.sum()) + int(second.sum())
    return 2 * int((first & second).sum()) / total if total else 1.0


def by_scene(scores: list[tuple[Picture, float]], *, cast: bool) -> dict[str, float]:
    """Mean score of each scene, for natural light or for colour casts."""
    groups: dict[str, list[float]] = {}
    for picture, score in scores:
        if bool(picture.cast) == cast:
            groups.setdefault(picture.scene, []).append(score)
    return {scene: float(np.mean(values)) for scene, values in groups.items()}


def print_scenes(method: str, scenes: dict[str, float]) -> None:
    """Print one line: the mean over scenes, then each scene."""
    if scenes:
        mean = sum(scenes.values()) / len(scenes)
        columns = "  ".join(f"{scene} {score:.2f}" for scene, score in scenes.items())
        print(f"  {method:22} mean {mean:.3f} of {len(scenes)}   {columns}")
