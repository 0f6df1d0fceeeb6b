"""Certainty benchmark: false positives, and plants marked uncertain, with leave-one-scene-out thresholds.

Beside the shipped ones, both thresholds of the closer look are fitted without each scene (a folder of photos, in
`no_plants` the first word of a name): those that mark most photos without plants, while at most `MAX_DOUBTED` of
the photos of plants are newly marked. The held-out scene is then judged by them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import cv2
import numpy as np

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.metrics.certainty import CLEAR_CONFIDENCE, MAX_YELLOW_HUE, MIN_AGREEMENT, MIN_YELLOW_AGREEMENT
from sproutcast_pi.vision.photo.folder import list_folder
from sproutcast_pi.vision.photo.photo_file import read_photo
from sproutcast_pi.vision.segmentation.closer_look import closer_look
from sproutcast_pi.vision.types import MeasureRequest

WITHOUT_PLANTS = "no_plants"
MAX_DOUBTED = 0.015
SHIPPED = (MIN_AGREEMENT, MIN_YELLOW_AGREEMENT)
GRID = tuple(product((0.0, 0.25, 0.5, 0.75, 1.0), (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)))


class Picture(NamedTuple):
    """A measured photo."""

    name: str
    scene: str
    plants: bool
    """Whether it shows plants."""
    doubted: bool
    """Uncertain without the closer look."""
    looks: tuple[tuple[float, bool], ...]
    """Of each plant without a doubt: the closer look's mean log odds, and whether it is yellow."""

    def marked(self, thresholds: tuple[float, float]) -> bool:
        """Whether any closer look falls below its threshold, among plants not otherwise doubted."""
        return not self.doubted and any(odds < thresholds[yellow] for odds, yellow in self.looks)


def print_table(dev: Path) -> None:
    """Print results without the closer look, with the shipped thresholds, and with held-out thresholds."""
    pictures = [_picture(path, dev) for path in list_folder(dev).photos]
    judged = [picture for picture in pictures if picture is not None]
    held_out = set()
    for scene in {picture.scene for picture in judged}:
        thresholds = _fitted([picture for picture in judged if picture.scene != scene])
        held_out |= {picture.name for picture in judged if picture.scene == scene and picture.marked(thresholds)}
    ways = {
        "without the closer look": set[str](),
        "as it ships": {picture.name for picture in judged if picture.marked(SHIPPED)},
        "scene left out": held_out,
    }
    print("\nCertainty: pictures without plants that still yield a certain one, photographs of plants marked uncertain")
    for way, marked in ways.items():
        reported = [p for p in judged if not p.plants and not p.doubted and p.name not in marked]
        doubted = [p for p in judged if p.plants and (p.doubted or p.name in marked)]
        plants = sum(p.plants for p in judged)
        print(f"  {way:26} {len(reported):3} of {len(judged) - plants}   {len(doubted):3} of {plants}")
        print(f"    {', '.join(p.name for p in reported)} | {', '.join(p.name for p in doubted if p.name in marked)}")


def _fitted(pictures: Sequence[Picture]) -> tuple[float, float]:
    """Fit the thresholds: most marked without plants, few enough with them; the lowest among equals."""
    plants = sum(p.plants and not p.doubted for p in pictures)
    few = [g for g in GRID if sum(p.plants and p.marked(g) for p in pictures) <= MAX_DOUBTED * plants]
    return max(few, key=lambda g: (sum(not p.plants and p.marked(g) for p in pictures), -sum(g)))


def _picture(path: Path, dev: Path) -> Picture | None:
    """Measure a photo; None if it was refused."""
    photo = read_photo(path)
    with TemporaryDirectory() as folder:
        mask = Path(folder) / "labels.png"
        result = measure(photo, MeasureRequest(mask_path=str(mask)))
        if result.quality.verdict == "refused":
            return None
        labels = cv2.imread(str(mask), cv2.IMREAD_GRAYSCALE)
    assert labels is not None, path
    labels = cv2.resize(labels, photo.bgr.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    reasons = {plant.uncertain_reason for plant in result.plants} - {None, withheld_reasons.NOT_CONFIRMED}
    looks = []
    for plant in result.plants:
        inside = labels == plant.plant
        if plant.confidence is not None and plant.confidence < CLEAR_CONFIDENCE and inside.any():
            hue = 2 * float(np.median(cv2.cvtColor(photo.bgr[inside][None], cv2.COLOR_BGR2HSV)[0, :, 0]))
            looks.append((closer_look(photo.bgr, inside), hue < MAX_YELLOW_HUE))
    folder_name = path.relative_to(dev).parts[0]
    scene = path.name.split("__")[0] if folder_name == "casts" else folder_name
    if folder_name == WITHOUT_PLANTS:
        scene = re.split(r"[_\d]", path.name)[0]
    return Picture(
        f"{folder_name}/{path.name}",
        scene,
        folder_name != WITHOUT_PLANTS,
        bool(reasons) or not result.plants,
        tuple(looks),
    )
