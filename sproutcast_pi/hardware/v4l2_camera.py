"""A USB or other V4L2 camera through OpenCV."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.errors import CameraError
from sproutcast_pi.hardware import v4l2_controls
from sproutcast_pi.messages.areas import cameras
from sproutcast_pi.messages.message import Message
from sproutcast_pi.ports import CameraSettings, TakenPhoto

LEAST_WARM_UP = 5
"""Frames thrown away at least: the first ones of a webcam come before its exposure has settled."""
MANUAL, AUTOMATIC = 1, 3
"""V4L2_CID_EXPOSURE_AUTO: manual and aperture priority, as webcams have them."""
US_PER_UNIT = 100
"""V4L2_CID_EXPOSURE_ABSOLUTE counts in 100 us."""
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


class V4l2Camera:
    """The Camera at a device file such as /dev/video0. Raises CameraError when it can't be opened."""

    def __init__(self, device: str) -> None:
        if not Path(device).exists():
            raise CameraError(cameras.NO_CAMERA_AT(device=device, known=_devices()))
        self._device = device
        self._looking = False
        self._capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
        if not self._capture.isOpened():
            self._capture.release()
            raise CameraError(cameras.NOT_A_CAMERA(device=device))

    def take(self, settings: CameraSettings, path: Path) -> TakenPhoto:
        """Let the camera settle, take a picture, leave it whole at `path`. Raises CameraError when no frame comes."""
        self._apply(settings)
        frame = self._settled_frame(settings.settle_s)
        held = v4l2_controls.lock(self._capture, settings)
        if held != settings:
            frame = self._frame()
        sensor_height, sensor_width = frame.shape[:2]
        if settings.rotation_deg in _TURNS:
            frame = np.asarray(cv2.rotate(frame, _TURNS[settings.rotation_deg]), np.uint8)
        done, jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, settings.jpeg_quality])
        if not done:
            raise CameraError(cameras.NOT_ENCODED(device=self._device))
        try:
            write_atomic(path, jpeg.tobytes())
        except OSError as fault:
            raise CameraError(
                cameras.NOT_WRITTEN(folder=str(path.parent), reason=fault.strerror or str(fault))
            ) from fault
        height, width = frame.shape[:2]
        used = self._used(held)
        return TakenPhoto(
            path=str(path),
            width=width,
            height=height,
            settings=msgspec.structs.replace(used, width=sensor_width, height=sensor_height),
            metadata={"camera": self._device, "backend": self._capture.getBackendName()},
        )

    def preview_frame(self, settings: CameraSettings) -> NDArray[np.uint8]:
        """What is seen this moment, blue, green, red. Raises CameraError when no frame comes."""
        if not self._looking:
            self._apply(settings)
            self._looking = True
        frame = self._frame()
        turned = cv2.rotate(frame, _TURNS[settings.rotation_deg]) if settings.rotation_deg in _TURNS else frame
        return np.asarray(turned, np.uint8)

    def close(self) -> None:
        """Release the device."""
        self._capture.release()

    def _apply(self, settings: CameraSettings) -> None:
        """Ask for size and, where given, fixed exposure and gain; a camera that can't simply ignores it."""
        if settings.width and settings.height:
            self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
            self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if settings.exposure_us is None:
            self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, AUTOMATIC)
        else:
            self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL)
            self._capture.set(cv2.CAP_PROP_EXPOSURE, settings.exposure_us / US_PER_UNIT)
        if settings.gain is not None:
            self._capture.set(cv2.CAP_PROP_GAIN, settings.gain)
        v4l2_controls.prepare(self._capture, settings)

    def _settled_frame(self, settle_s: float) -> NDArray[np.uint8]:
        end_s = time.monotonic() + settle_s
        frames = 0
        while True:
            frame = self._frame()
            frames += 1
            if frames > LEAST_WARM_UP and time.monotonic() >= end_s:
                return frame

    def _frame(self) -> NDArray[np.uint8]:
        good, frame = self._capture.read()
        if not good or frame is None or frame.size == 0:
            raise CameraError(cameras.SENDS_NOTHING(device=self._device))
        return np.asarray(frame, np.uint8)

    def _used(self, settings: CameraSettings) -> CameraSettings:
        """What was requested, and what the camera reports where nothing was; what it has not got reads 0 or -1."""
        exposure, gain = self._capture.get(cv2.CAP_PROP_EXPOSURE), self._capture.get(cv2.CAP_PROP_GAIN)
        return msgspec.structs.replace(
            settings,
            exposure_us=settings.exposure_us or (round(exposure * US_PER_UNIT) if exposure > 0 else None),
            gain=settings.gain or (gain if gain > 0 else None),
        )


def _devices() -> str | Message:
    found = sorted(str(one) for one in Path("/dev").glob("video*"))
    return ", ".join(found) or cameras.NONE_PLUGGED_IN()
