"""MP4 writer for time-lapses: each frame with date, plant, and the curve of a metric so far."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.atomic_file import fsync_dir
from sproutcast_pi.discard_file import discard
from sproutcast_pi.errors import ImageError, SproutcastError
from sproutcast_pi.messages.areas import files, films
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.output_plan import OutputPlan
from sproutcast_pi.timelapse.text import TextRenderer
from sproutcast_pi.vision.photo.photo_file import read_photo

Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 1280, 720
CURVE_HEIGHT = 90
BACKGROUND, CURVE_COLOUR, GREY = (30, 34, 28), (110, 220, 120), (90, 90, 90)
SPARE_BYTES = 64_000
"""Minimum free space: the video's index is written last."""


CurveLabel = Callable[[float, float], str]
"""The text over the curve, given its lowest and its highest value."""


class VideoFrame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame of the video."""

    path: Path
    at: datetime
    value: float | None
    """Value of the metric drawn below."""


def write_video(
    frames: Sequence[VideoFrame],
    out: Path,
    *,
    name: str,
    label: CurveLabel,
    per_second: float = 12.0,
    progress: Callable[[int], Any] = lambda _done: None,
) -> int:
    """Write `frames` (oldest first) to `out` atomically; returns their number.

    Unreadable photos are skipped. An older video at `out` stays until the new one is complete. Raises
    SproutcastError when no photo can be read, the file can't be written or is not a video, or the disk is full.
    """
    if out.suffix.lower() != ".mp4":
        raise SproutcastError(films.NAME(file=str(out)))
    OutputPlan([frame.path for frame in frames]).add(out, may_replace=is_video)
    part = out.with_name(f"{out.stem}.part.mp4")
    try:
        written = _encode(frames, part, name=name, label=label, per_second=per_second, progress=progress)
        if not written:
            raise SproutcastError(films.NO_PHOTO())
        _require_whole(part, written)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(out)
        fsync_dir(out.parent)
    except OSError as error:
        raise SproutcastError(files.NOT_WRITTEN(file=str(out), reason=cause(error))) from error
    finally:
        discard(part)
    return written


def is_video(path: Path) -> bool:
    """Whether `path` is an MP4 file, or empty. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(12)
    return not head or head[4:8] == b"ftyp"


def _encode(
    frames: Sequence[VideoFrame],
    part: Path,
    *,
    name: str,
    label: CurveLabel,
    per_second: float,
    progress: Callable[[int], Any],
) -> int:
    part.write_bytes(b"")
    # MPEG-4 part 2 is in every build of OpenCV; H.264 encoders often are not.
    writer = cv2.VideoWriter(str(part), cv2.VideoWriter.fourcc(*"mp4v"), per_second, (WIDTH, HEIGHT))
    if not writer.isOpened():
        raise SproutcastError(films.NO_ENCODER(folder=str(part.parent)))
    written = 0
    try:
        for number, picture in _rendered(frames, name, label):
            writer.write(picture)
            written += 1
            progress(number)
            if shutil.disk_usage(part.parent).free < SPARE_BYTES:
                raise SproutcastError(_no_space(part))
    finally:
        writer.release()
    return written


def _require_whole(part: Path, written: int) -> None:
    """Check the video's index for completeness; the encoder doesn't report write errors."""
    video = cv2.VideoCapture(str(part))
    try:
        frames = int(video.get(cv2.CAP_PROP_FRAME_COUNT)) if video.isOpened() else 0
    finally:
        video.release()
    if frames < written:
        raise SproutcastError(_no_space(part))


def _no_space(part: Path) -> str:
    return f"The film can't be written: there is no space left in {part.parent}."


def _rendered(frames: Sequence[VideoFrame], name: str, label: CurveLabel) -> Iterator[tuple[int, Picture]]:
    text = TextRenderer()
    curve = _Curve([frame.value for frame in frames], label, text)
    for number, frame in enumerate(frames, start=1):
        try:
            photo = read_photo(frame.path)
        except ImageError:
            continue
        picture = _letterboxed(photo.bgr)
        picture[HEIGHT - CURVE_HEIGHT :] = curve.up_to(number)
        text.draw(picture, name, (24, 44))
        text.draw(picture, frame.at.strftime("%Y-%m-%d %H:%M"), (24, 80))
        yield number, picture


def _letterboxed(bgr: Picture) -> Picture:
    """Scale the photo to fit above the curve, on a plain background."""
    canvas: Picture = np.full((HEIGHT, WIDTH, 3), BACKGROUND, np.uint8)
    room = HEIGHT - CURVE_HEIGHT
    height, width = bgr.shape[:2]
    share = min(WIDTH / width, room / height)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    left = (WIDTH - size[0]) // 2
    top = (room - size[1]) // 2
    canvas[top : top + size[1], left : left + size[0]] = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA)
    return canvas


class _Curve:
    """Incremental chart of the metric below the video: all values in grey, those so far in colour."""

    def __init__(self, values: Sequence[float | None], label: CurveLabel, text: TextRenderer) -> None:
        self._strip: Picture = np.full((CURVE_HEIGHT, WIDTH, 3), BACKGROUND, np.uint8)
        known = [value for value in values if value is not None]
        self._points: list[tuple[int, int, int]] = []
        self._drawn = 0
        if len(known) < 2:  # noqa: PLR2004 - two points make a line
            return
        low, high = min(known), max(known)
        span = (high - low) or 1.0
        step = (WIDTH - 48) / max(1, len(values) - 1)
        self._points = [
            (round(24 + step * place), round(CURVE_HEIGHT - 14 - (CURVE_HEIGHT - 34) * (value - low) / span), place)
            for place, value in enumerate(values)
            if value is not None
        ]
        for (x0, y0, _), (x1, y1, _) in itertools.pairwise(self._points):
            cv2.line(self._strip, (x0, y0), (x1, y1), GREY, 2, cv2.LINE_AA)
        text.draw(self._strip, label(low, high), (24, 18), 16)

    def up_to(self, now: int) -> Picture:
        """Return the chart with the first `now` values in colour; `now` must not decrease."""
        while self._drawn + 1 < len(self._points) and self._points[self._drawn + 1][2] < now:
            (x0, y0, _), (x1, y1, _) = self._points[self._drawn : self._drawn + 2]
            cv2.line(self._strip, (x0, y0), (x1, y1), CURVE_COLOUR, 2, cv2.LINE_AA)
            self._drawn += 1
        return self._strip
