"""Baseline segmentation methods in their common form."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def hsv_naive(bgr: Array) -> Array:
    """Green to brown hues, opened, closed, largest component: the published pipeline of Sproutcast."""
    hsv = cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)
    mask = cv2.inRange(hsv, np.array([20, 40, 40]), np.array([90, 255, 255]))
    kernel = np.ones((5, 5), np.uint8)
    mask = cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), cv2.MORPH_CLOSE, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return mask > 0
    largest: Array = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return largest


def lab_otsu(bgr: Array) -> Array:
    """Otsu's threshold on Lab a*."""
    channel = cv2.cvtColor(bgr, cv2.COLOR_BGR2LAB)[..., 1]
    _, mask = cv2.threshold(channel, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    return mask > 0


def plantcv(python: Path, files: list[Path], folder: Path) -> dict[str, tuple[Array, float]] | None:
    """PlantCV's mask, size and colour of each file, run in its own environment: mask and seconds; None without it.

    Results are cached in `folder`: each takes seconds and is deterministic.
    """
    if not python.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "answers.jsonl"
    answers = _answers(kept.read_text() if kept.exists() else "")
    new = [file for file in files if str(file) not in answers]
    if new:
        script = Path(__file__).with_name("vision_plantcv.py")
        done = subprocess.run([python, script, folder, *new], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print("PlantCV failed:", done.stderr.strip().splitlines()[-1:])
            return None
        with kept.open("a") as file:
            file.write(done.stdout)
        answers.update(_answers(done.stdout))
    found = {}
    for name, (path, seconds) in answers.items():
        mask = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
        assert mask is not None
        found[name] = (mask > 0, seconds)
    return found


def _answers(lines: str) -> dict[str, tuple[str, float]]:
    outputs = [json.loads(line) for line in lines.splitlines() if line.startswith("{")]
    return {one["file"]: (one["mask"], float(one["seconds"])) for one in outputs}
