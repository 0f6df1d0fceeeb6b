"""Bloom and lesions against the truth, and how far each metric moves when only the picture changes."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from bench.vision_scenes import Array, dice
from sproutcast_pi.model.measurement import PhotoMeasurement
from sproutcast_pi.vision.bloom import bloom_of
from sproutcast_pi.vision.lab import colours_of
from sproutcast_pi.vision.lesions import lesions_of
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.photo import photo_of, read_photo
from sproutcast_pi.vision.request import MeasureRequest
from sproutcast_pi.vision.segment import segment

WATCHED = ("area_px", "height_px", "chlorophyll_index", "hue_deg", "turgor_index", "droop_deg")
SHOWN = (
    "trays/arabidopsis_tray.jpg", "color_card/tobacco_wt891.jpg", "houseplant/succulent_fisheye.jpg",
    "pots_side/quinoa_raspi.jpg", "rosette_series/2019-11-01-11-05.jpg",
)  # fmt: skip


def print_tables(dev: Path) -> None:
    """All three."""
    with (dev / "manifest.csv").open() as file:
        rows = list(csv.DictReader(file))
    _print_spots(dev, rows)
    _print_perturbed(dev)


def _print_spots(dev: Path, rows: list[dict[str, str]]) -> None:
    bloom: list[float] = []
    lesion: list[float] = []
    for row in rows:
        if not row["bloom_mask"] and not row["lesion_mask"]:
            continue
        photo = read_photo(dev / row["file"])
        found = segment(photo.bgr, careful=photo.small).mask
        if not found.any():
            (bloom if row["bloom_mask"] else lesion).append(0.0)
            continue
        colours = colours_of(photo.bgr, found)
        petals = bloom_of(colours).mask
        if row["bloom_mask"]:
            bloom.append(dice(petals > 0, _truth(dev / row["bloom_mask"], petals)))
        else:
            spots = lesions_of(colours, petals).lesions
            lesion.append(dice(spots > 0, _truth(dev / row["lesion_mask"], spots)))
    print(f"\nBloom: mean Dice {np.mean(bloom):.3f} over {len(bloom)} photographs (least {min(bloom):.2f})")
    print(f"Lesions: mean Dice {np.mean(lesion):.3f} over {len(lesion)} photographs (least {min(lesion):.2f})")


def _truth(path: Path, like: Array) -> Array:
    mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert mask is not None
    return cv2.resize(mask, like.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0


def _perturbations() -> dict[str, Callable[[Array], Array]]:
    rng = np.random.default_rng(7)

    def gains(blue: float, red: float) -> Callable[[Array], Array]:
        return lambda p: np.clip(p * np.array([blue, 1.0, red]), 0, 255).astype(np.uint8)

    return {
        "blur 0.7 px": lambda p: cv2.GaussianBlur(p, (0, 0), 0.7),
        "exposure x0.8": lambda p: cv2.convertScaleAbs(p, alpha=0.8),
        "exposure x1.25": lambda p: cv2.convertScaleAbs(p, alpha=1.25),
        "half resolution": lambda p: cv2.resize(p, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
        "JPEG 60": lambda p: _decoded(cv2.imencode(".jpg", p, [cv2.IMWRITE_JPEG_QUALITY, 60])[1]),
        "noise sigma 5": lambda p: np.clip(p + rng.normal(0, 5, p.shape), 0, 255).astype(np.uint8),
        "warm balance 15 %": gains(0.85, 1.15),
        "cool balance 15 %": gains(1.15, 0.85),
    }


def _decoded(data: Array) -> Array:
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert picture is not None
    return picture


def _print_perturbed(dev: Path) -> None:
    print("\nChange of each metric, median and worst over scenes, percent (droop: degrees)")
    print(f"  {'':20}" + "".join(f"{name:>22}" for name in WATCHED))
    pictures = [cv2.imread(str(dev / name)) for name in SHOWN]
    before = [measure(photo_of(p), MeasureRequest()) for p in pictures if p is not None]
    for name, change in _perturbations().items():
        cells = []
        after = [measure(photo_of(change(p)), MeasureRequest()) for p in pictures if p is not None]
        for metric in WATCHED:
            moved = [_moved(a, b, metric, name) for a, b in zip(before, after, strict=True)]
            known = [m for m in moved if m is not None]
            cells.append(f"{np.median(known):9.1f} {max(known):8.1f}" if known else "refused")
        print(f"  {name:20}" + "".join(f"{cell:>22}" for cell in cells))


def _moved(before: PhotoMeasurement, after: PhotoMeasurement, metric: str, name: str) -> float | None:
    """Change of the largest plant's metric; None when it is refused after."""
    first = max(before.plants, key=lambda p: p.area_px or 0, default=None)
    second = max(after.plants, key=lambda p: p.area_px or 0, default=None)
    if first is None or second is None:
        return None
    a, b = getattr(first, metric), getattr(second, metric)
    if a is None or b is None:
        return None
    if name == "half resolution":
        b *= {"area_px": 4, "height_px": 2}.get(metric, 1)
    return abs(float(b - a)) if metric == "droop_deg" else abs(float(b / a - 1)) * 100 if a else None
