"""Growth benchmark: daily series by true masks and by ours, without a profile and with one confirmed frame."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bench.vision_ours import held_out_net, labels_of
from bench.vision_scenes import Picture, pictures
from bench.vision_sites import learned
from sproutcast_pi.model.growth import Growth, relative_growth
from sproutcast_pi.vision.photo.photo_file import read_photo
from sproutcast_pi.vision.segmentation.net import shipped_net

WHOLE = timedelta(days=400)
SERIES = ("true masks", "without knowledge", "one confirmed frame")


def print_tables(dev: Path) -> None:
    """Print the rate over each whole series and over its last fourteen days, percent per day."""
    print("\nGrowth, percent a day, and how far ours lies from that of the true masks")
    series: dict[str, list[Picture]] = {}
    for picture in pictures(dev, every=1):
        if picture.row["area_px"] and not picture.cast:
            series.setdefault(picture.row["series"] or "rosette", []).append(picture)
    for name, frames in series.items():
        points = _areas(sorted(frames, key=lambda picture: picture.row["date"]))
        for label, window in (("whole series", WHOLE), ("last 14 days", timedelta(days=14))):
            rates = [relative_growth([(at, areas[i]) for at, areas in points], window=window) for i in range(3)]
            print(f"  {name:14}{label:14}{_sentence(rates)}")


def _areas(frames: list[Picture]) -> list[tuple[datetime, tuple[float, float, float]]]:
    teacher = frames[len(frames) // 2]
    net = held_out_net(teacher.scene) or shipped_net()
    profile = learned(teacher, net)
    points = []
    for picture in frames:
        photo, day = read_photo(picture.file), picture.row["date"][:10]
        found = [float(np.count_nonzero(labels_of(photo, net, known)[0])) for known in (None, profile)]
        at = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
        points.append((at, (float(picture.row["area_px"]), found[0], found[1])))
    return points


def _sentence(rates: list[Growth | None]) -> str:
    true = rates[0]
    parts = []
    for name, rate in zip(SERIES, rates, strict=True):
        if rate is None or true is None:
            parts.append(f"{name} unknown")
            continue
        off = f" ({(rate.rate_percent / true.rate_percent - 1) * 100:+.0f} %)" if rate is not true else ""
        parts.append(f"{name} {rate.rate_percent:.2f} +- {rate.sd_percent:.2f}{off}")
    return "   ".join(parts)
