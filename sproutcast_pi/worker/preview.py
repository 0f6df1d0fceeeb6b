"""Show what the camera sees now, again and again: one job line in, each time numbers and a small JPEG out."""

from __future__ import annotations

import os
import sys
import time
from typing import Any, Protocol

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.errors import CameraError
from sproutcast_pi.hardware.cameras import open_camera
from sproutcast_pi.ports import CameraSettings
from sproutcast_pi.protocol.preview import PreviewStats
from sproutcast_pi.protocol.worker import WorkerJob
from sproutcast_pi.vision.photo.quality import sharpness_of
from sproutcast_pi.worker.__main__ import JOB_LIMIT, die_with_parent, keep_stdout_clean

MAX_SIDE_PX = 800
"""The longer side of a picture to aim by: a small panel shows no more, and a phone's network carries it at once."""
FOCUS_PX = 400
"""Sharpness is judged in the middle of the frame as the sensor gives it; smaller copies of it are always sharp."""
MAX_FPS = 8.0
CLIPPED = 250
"""Of 255: a pixel brighter than this in every colour has lost its colour."""
QUALITY = 80

Frame = NDArray[np.uint8]


class PreviewCamera(Protocol):
    """A camera that can be looked through."""

    def preview_frame(self, settings: CameraSettings) -> Frame:
        """What is seen this moment, blue, green, red. Raises CameraError when no picture comes."""

    def close(self) -> None:
        """Release the camera."""


def encode_preview(frame: Frame) -> tuple[PreviewStats, bytes]:
    """How sharp and bright a frame is, and a small JPEG of it."""
    height, width = frame.shape[:2]
    rows, columns = min(height, FOCUS_PX), min(width, FOCUS_PX)
    top, left = (height - rows) // 2, (width - columns) // 2
    middle = cv2.cvtColor(frame[top : top + rows, left : left + columns], cv2.COLOR_BGR2GRAY)
    scale = min(1.0, MAX_SIDE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = frame if scale == 1.0 else cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
    numbers = PreviewStats(
        size=len(jpeg),
        sharpness=round(sharpness_of(np.asarray(middle, np.uint8)), 3),
        exposure=round(float(grey.mean()) / 255, 3),
        burnt=round(float((np.min(small, axis=2) >= CLIPPED).mean()), 4),
    )
    return numbers, jpeg


def main() -> int:
    """Look until nobody reads any more; 1 when the camera gave up, after a line that says why."""
    out = keep_stdout_clean()
    die_with_parent()
    job = msgspec.json.decode(sys.stdin.buffer.readline(JOB_LIMIT), type=WorkerJob)
    try:
        # Every camera can be looked through; one that fails on purpose fails here too.
        finder: Any = open_camera(job.camera, job)
        try:
            _stream(finder, msgspec.convert(job.settings, CameraSettings), out)
        finally:
            finder.close()
    except CameraError as error:
        _send(out, PreviewStats(error=str(error), reason=error.message), b"")
        return 1
    except BrokenPipeError:
        return 0
    return 0


def _stream(finder: PreviewCamera, settings: CameraSettings, out: int) -> None:
    while True:
        begun = time.monotonic()
        _send(out, *encode_preview(finder.preview_frame(settings)))
        time.sleep(max(0.0, 1 / MAX_FPS - (time.monotonic() - begun)))


def _send(out: int, numbers: PreviewStats, jpeg: bytes) -> None:
    data = memoryview(msgspec.json.encode(numbers) + b"\n" + jpeg)
    while data:
        data = data[os.write(out, data) :]


if __name__ == "__main__":
    sys.exit(main())
