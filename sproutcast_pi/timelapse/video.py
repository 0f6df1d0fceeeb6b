"""Photographs in, an MP4 out: each frame with its date, its plant, and the curve of a metric so far."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.errors import ImageError, SproutcastError
from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.vision.photo.reading import read_photo

Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 1280, 720
CURVE_HEIGHT = 90
TEXT_COLOUR, BACKGROUND, CURVE_COLOUR = (255, 255, 255), (30, 34, 28), (110, 220, 120)
FONT = cv2.FONT_HERSHEY_SIMPLEX


class VideoFrame(msgspec.Struct, frozen=True, kw_only=True):
    """One photograph of the film."""

    path: Path
    at: datetime
    value: float | None
    """The metric drawn below it."""


def write_video(
    frames: Sequence[VideoFrame],
    out: Path,
    *,
    name: str,
    metric: str,
    per_second: float = 12.0,
    progress: Callable[[int], Any] = lambda _done: None,
) -> int:
    """Write `frames` (oldest first) to `out`; returns how many. A photograph that can't be read is left out.

    Raises SproutcastError when not one can be read, or the file can't be written.
    """
    # MPEG-4 part 2 is in every build of OpenCV; H.264 encoders often are not.
    writer = cv2.VideoWriter(str(out), cv2.VideoWriter.fourcc(*"mp4v"), per_second, (WIDTH, HEIGHT))
    if not writer.isOpened():
        raise SproutcastError(f"{out} can't be written: is the folder there, and does the name end in .mp4?")
    written = 0
    try:
        for number, picture in _rendered(frames, name, metric):
            writer.write(picture)
            written += 1
            progress(number)
    finally:
        writer.release()
    if not written:
        out.unlink(missing_ok=True)
        raise SproutcastError("Not one of the plant's photographs can be read; there is no film.")
    return written


def _rendered(frames: Sequence[VideoFrame], name: str, metric: str) -> Iterator[tuple[int, Picture]]:
    values = [frame.value for frame in frames]
    for number, frame in enumerate(frames, start=1):
        try:
            photo = read_photo(frame.path)
        except ImageError:
            continue
        picture = _letterboxed(photo.bgr)
        _draw_curve(picture, values, number, metric)
        _draw_text(picture, name, (24, 44))
        _draw_text(picture, frame.at.strftime("%Y-%m-%d %H:%M"), (24, 80))
        yield number, picture


def _letterboxed(bgr: Picture) -> Picture:
    """The photograph as large as fits above the curve, on plain ground."""
    canvas: Picture = np.full((HEIGHT, WIDTH, 3), BACKGROUND, np.uint8)
    room = HEIGHT - CURVE_HEIGHT
    height, width = bgr.shape[:2]
    share = min(WIDTH / width, room / height)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    left = (WIDTH - size[0]) // 2
    top = (room - size[1]) // 2
    canvas[top : top + size[1], left : left + size[0]] = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA)
    return canvas


def _draw_curve(picture: Picture, values: Sequence[float | None], now: int, metric: str) -> None:
    """The metric over the whole film in grey, up to now in colour."""
    known = [value for value in values if value is not None]
    if len(known) < 2:  # noqa: PLR2004 - two points make a line
        return
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (WIDTH - 48) / max(1, len(values) - 1)
    points = [
        (round(24 + step * place), round(HEIGHT - 14 - (CURVE_HEIGHT - 34) * (value - low) / span), place)
        for place, value in enumerate(values)
        if value is not None
    ]
    for (x0, y0, _), (x1, y1, place) in itertools.pairwise(points):
        cv2.line(picture, (x0, y0), (x1, y1), CURVE_COLOUR if place < now else (90, 90, 90), 2, cv2.LINE_AA)
    label = f"{METRICS[metric].name} {value_text(metric, low)} to {value_text(metric, high)}"
    _draw_text(picture, label, (24, HEIGHT - CURVE_HEIGHT + 18), 0.5)


def _draw_text(picture: Picture, text: str, at: tuple[int, int], size: float = 0.9) -> None:
    # OpenCV's strokes know ASCII only.
    plain = text.replace("²", "2").replace("°", " deg").encode("ascii", "replace").decode()
    cv2.putText(picture, plain, at, FONT, size, (0, 0, 0), 4, cv2.LINE_AA)
    cv2.putText(picture, plain, at, FONT, size, TEXT_COLOUR, 1 if size < 0.8 else 2, cv2.LINE_AA)  # noqa: PLR2004 - small print
