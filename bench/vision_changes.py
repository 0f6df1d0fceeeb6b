"""Robustness benchmark: shift of each metric under image changes: within 5 %, withheld, or wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from bench.vision_scenes import Array
from sproutcast_pi.model.measurement import PhotoMeasurement, PlantMeasurement
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest

SHOWN = (
    "trays/arabidopsis_tray.jpg", "trays/multiplant_small.jpg", "color_card/tobacco_wt891.jpg",
    "houseplant/succulent_fisheye.jpg", "pots_side/quinoa_raspi.jpg", "pots_side/setaria_ml.png",
    "rosette_series/2019-11-01-11-05.jpg", "rice_pots/GN2_5523.jpg", "rice_pots/GN2_5530.jpg",
    "brassica_series/BR017-531213_2018-07-02.jpg", "brassica_series/BR017-209111_2018-06-26.jpg",
    "growlab_series/2021-04-28T16-09.jpg", "soy_rust/image3.jpg",
)  # fmt: skip
SHARES = ("area_px", "height_px", "chlorophyll_index", "hue_deg", "turgor_index")
"""Metrics compared relatively, in percent; the others in points: degrees, percent of the plant, or leaves."""
POINTS = ("droop_deg", "hue_sd_deg", "bloom_percent", "lesion_percent", "yellow_percent", "health_score", "leaf_count")
SAME = 0.5
"""Intersection over union of two boxes from which they contain the same plant."""
LIMIT = 5.0


class Moves(NamedTuple):
    """Shifts of one metric of all plants under one change."""

    values: list[float]
    withheld: int
    lost: int


def print_table(dev: Path) -> None:
    """Print for each metric and change: plants within 5, median, maximum, and number withheld."""
    changes = _changes()
    moves: dict[tuple[str, str], Moves] = {}
    for name in SHOWN:
        picture = cv2.imread(str(dev / name))
        assert picture is not None, name
        before = measure(photo_from_frame(picture), MeasureRequest())
        for change, made in changes.items():
            after = measure(photo_from_frame(made(picture)), MeasureRequest())
            _compare(moves, change, before, after, 2 if change == "half resolution" else 1)
    print(f"\nWhat a change of the picture does to {len(SHOWN)} photographs' plants")
    for metric in (*SHARES, *POINTS):
        print(f"  {metric}: {'percent' if metric in SHARES else 'points'}")
        for change in changes:
            values, withheld, lost = moves.get((metric, change), Moves([], 0, 0))
            if values:
                within = sum(value <= LIMIT for value in values)
                worst = f"median {np.median(values):5.1f}, worst {max(values):6.1f}"
                counts = f"{within:3} of {len(values):3} within 5"
                print(f"    {change:18} {counts}, {worst}; {withheld:2} withheld, {lost} lost")


def _compare(
    moves: dict[tuple[str, str], Moves], change: str, before: PhotoMeasurement, after: PhotoMeasurement, scale: int
) -> None:
    for plant in before.plants:
        again = same_plant(plant, after, scale)
        for metric in (*SHARES, *POINTS):
            first = getattr(plant, metric)
            if first is None:
                continue
            values, withheld, lost = moves.get((metric, change), Moves([], 0, 0))
            second = None if again is None else getattr(again, metric)
            if again is None:
                lost += 1
            elif second is None:
                withheld += 1
            else:
                values.append(_moved(first, second * scale ** {"area_px": 2, "height_px": 1}.get(metric, 0), metric))
            moves[metric, change] = Moves(values, withheld, lost)


def same_plant(plant: PlantMeasurement, after: PhotoMeasurement, scale: int) -> PlantMeasurement | None:
    """The plant in the other image with the best box overlap."""
    found = [(_overlap(plant.bbox, tuple(scale * v for v in one.bbox)), one) for one in after.plants if one.bbox]
    best = max(found, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= SAME else None


def _overlap(first: tuple[int, ...] | None, second: tuple[int, ...]) -> float:
    if first is None:
        return 0.0
    across = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    down = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    shared = max(across, 0) * max(down, 0)
    return shared / (first[2] * first[3] + second[2] * second[3] - shared)


def _moved(first: float, second: float, metric: str) -> float:
    if metric in POINTS:
        return abs(second - first)
    return abs(second / first - 1) * 100 if first else float(second != 0) * 100


def _changes() -> dict[str, Callable[[Array], Array]]:
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
