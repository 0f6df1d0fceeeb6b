"""Turgor benchmark against the simulated plant's true droop: rank correlation, lead time, false alarms."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bench.vision_scenes import Array
from sproutcast_pi.ports import CameraSettings
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.simulated.greenhouse import Care, advance, begin, region, scene, truths
from sproutcast_pi.simulated.rendered_camera import RenderedCamera
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
WATERED_DAYS, EVERY_H = 30, 4
ALERT_INDEX = 0.6
KEPT = 90
SEEDS = (3, 5, 11, 21, 42)
LIMP_DEG = 1.0
"""Tolerance to its maximum droop within which a plant counts as limp and dries no further."""


def print_table(_dev: Path) -> None:
    """Print the table: greenhouses of two plants, thirty days watered every second day, then left dry."""
    light = [
        (BEGIN + timedelta(days=day, hours=hour), level) for day in range(60) for hour, level in ((6, 1.0), (22, 0.0))
    ]
    print(f"\nTurgor of simulated plants, photographed every {EVERY_H} h of light")
    for seed in SEEDS:
        care = [
            Care(plant=plant, kind="water", at=BEGIN + timedelta(days=day, hours=8))
            for day in range(0, WATERED_DAYS, 2)
            for plant in (1, 2)
        ]
        greenhouse = begin(BEGIN, [1, 2], seed=seed)
        histories: dict[int, list[tuple[str, float | None, float | None, float | None]]] = {1: [], 2: []}
        rows: dict[int, list[tuple[int, float, bool, float, float]]] = {1: [], 2: []}
        for hour in range(24, (WATERED_DAYS + 7) * 24, EVERY_H):
            if not 6 < hour % 24 < 22:
                continue
            at = BEGIN + timedelta(hours=hour)
            greenhouse = advance(greenhouse, at, light=light, care=care)
            painting = RenderedCamera(scene(greenhouse), capture=hour).render(CameraSettings(width=960, height=720))
            jobs = tuple(
                PlantJob(plant=p, region=region(p - 1, 2), history=tuple(histories[p][-KEPT:])) for p in (1, 2)
            )
            measured = measure(
                photo_from_frame(painting.picture), MeasureRequest(plants=jobs, at=at.isoformat(), px_per_cm=10.0)
            )
            for true, plant in zip(truths(greenhouse), measured.plants, strict=True):
                histories[plant.plant].append((at.isoformat(), plant.droop_deg, plant.height_px, plant.width_px))
                if plant.turgor_index is not None and plant.droop_deg is not None:
                    row = (hour, true.droop_deg, true.half_wilted, plant.droop_deg, plant.turgor_index)
                    rows[plant.plant].append(row)
        for plant_id, series in rows.items():
            _print_plant(seed, plant_id, series)


def _print_plant(seed: int, plant: int, series: list[tuple[int, float, bool, float, float]]) -> None:
    dry = [row for row in series if row[0] > (WATERED_DAYS - 2) * 24]
    watered = [row for row in series if row[0] <= WATERED_DAYS * 24]
    wilted = min(row[0] for row in dry if row[2])
    below = [row[0] for row in series if row[4] < ALERT_INDEX]
    twice = [later for earlier, later in itertools.pairwise(below) if later - earlier <= 24]
    false = [hour for hour in twice if hour <= (WATERED_DAYS + 1) * 24 and hour < wilted - 36]
    early = wilted - min((hour for hour in twice if hour not in false), default=wilted + 999)
    limp = max(row[1] for row in dry) - LIMP_DEG
    drying = dry[: 1 + next(place for place, row in enumerate(dry) if row[1] >= limp)]
    correlations = ", ".join(
        f"{name} droop {_correlated(rows, 3):.3f}, turgor {-_correlated(rows, 4):.3f}"
        for name, rows in (("until limp", drying), ("to the end", dry))
    )
    print(
        f"  seed {seed} plant {plant}: rank correlation {correlations}; wilting reported {early} h before half-wilted; "
        f"false alarms in {WATERED_DAYS} watered days: {len(false)} (lowest {min(r[4] for r in watered):.2f})"
    )


def _correlated(rows: list[tuple[int, float, bool, float, float]], column: int) -> float:
    """Spearman's rank correlation of a column with the truth, rounded to a tenth of a degree."""
    ranks = [_ranks([round(float(row[which]), 1 if which == 1 else 4) for row in rows]) for which in (1, column)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _ranks(values: list[float]) -> Array:
    """Rank of each value; ties share the mean rank."""
    ordered = np.sort(values)
    ranks: Array = (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right") - 1) / 2
    return ranks
