"""Frames of a plant's time-lapse. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from sproutcast_pi.messages.formatter import Formatter, parse_timestamp
from sproutcast_pi.protocol.row_cache import Row
from ui.home.model import Crop
from ui.queries import bbox_share

INTERVALS = (900, 1800, 3600, 14400, 86400)
PLAY_FPS = 8


class PlaybackFrame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame of the time-lapse."""

    file: str
    at: datetime
    area: float | None


def frames(results: Iterable[Row], captures: Iterable[Row]) -> list[PlaybackFrame]:
    """Return the kept photos in which a plant was measured, oldest first."""
    by_id = {row["id"]: row for row in captures if row.get("file") or row.get("thumb")}
    made = []
    for result in results:
        capture, at = by_id.get(result["capture_id"]), parse_timestamp(result["at"])
        if capture is None or at is None:
            continue
        area = result.get("area_cm2") if result.get("area_cm2") is not None else result.get("area_percent")
        made.append(PlaybackFrame(file=capture.get("file") or capture["thumb"], at=at, area=area))
    return sorted(made, key=lambda frame: frame.at)


def common_crop(results: Iterable[Row], captures: Iterable[Row]) -> Crop | None:
    """Return the crop that contains the plant in every photo, for a steady video."""
    by_id = {row["id"]: row for row in captures}
    boxes = [box for row in results if (box := bbox_share(row, by_id.get(row["capture_id"])))]
    if not boxes:
        return None
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return (left, top, right - left, bottom - top)


def interval_words(seconds: int, tr: Formatter) -> str:
    """Describe the interval of a series."""
    return {
        900: tr("Every 15 minutes"),
        1800: tr("Every 30 minutes"),
        3600: tr("Every hour"),
        14400: tr("Every 4 hours"),
        86400: tr("Once a day"),
    }.get(seconds) or tr("Every {span}", span=tr.span(seconds))
