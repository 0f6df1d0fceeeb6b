"""Metrics benchmark: bloom and lesions against the ground truth."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np

from bench.vision_scenes import Array, dice
from sproutcast_pi.vision.colour.plant_colours import colours_of, spots_withheld_reason, too_thin
from sproutcast_pi.vision.metrics.bloom import bloom_of
from sproutcast_pi.vision.metrics.lesions import lesions_of
from sproutcast_pi.vision.photo.photo_file import read_photo
from sproutcast_pi.vision.segmentation.segment import segment


def print_tables(dev: Path) -> None:
    """Print the tables of petals and spots."""
    with (dev / "manifest.csv").open() as file:
        rows = list(csv.DictReader(file))
    _print_spots(dev, rows)


def _print_spots(dev: Path, rows: list[dict[str, str]]) -> None:
    bloom: list[float] = []
    lesion: list[float] = []
    withheld = 0
    for row in rows:
        if not row["bloom_mask"] and not row["lesion_mask"]:
            continue
        photo = read_photo(dev / row["file"])
        found = segment(photo.bgr, two_scale=photo.small).mask
        colours = colours_of(photo.bgr, found) if found.any() else None
        thin = bool(row["lesion_mask"]) and too_thin(found)
        if colours is None or not colours.is_green or thin or spots_withheld_reason(photo.bgr, found):
            (bloom if row["bloom_mask"] else lesion).append(0.0)
            withheld += 1
            continue
        petals = bloom_of(colours).mask
        if row["bloom_mask"]:
            bloom.append(dice(petals > 0, _truth(dev / row["bloom_mask"], petals)))
        else:
            spots = lesions_of(colours, petals).lesions
            lesion.append(dice(spots > 0, _truth(dev / row["lesion_mask"], spots)))
    print(f"\nBloom: mean Dice {np.mean(bloom):.3f} over {len(bloom)} photographs (least {min(bloom):.2f})")
    print(f"Lesions: mean Dice {np.mean(lesion):.3f} over {len(lesion)} photographs (least {min(lesion):.2f})")
    print(f"  withheld, counted as 0: {withheld}")


def _truth(path: Path, like: Array) -> Array:
    mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert mask is not None
    return cv2.resize(mask, like.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0
