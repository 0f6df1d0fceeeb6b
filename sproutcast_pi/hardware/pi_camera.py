"""The Raspberry Pi's own camera through picamera2, which comes with the system and is loaded only here."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.errors import CameraError
from sproutcast_pi.messages.areas import cameras
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message, Template
from sproutcast_pi.ports import CameraSettings, TakenPhoto

PREVIEW_SIZE = (1280, 960)
"""Where the sensor names no modes; otherwise as wide as this, in the shape of the later photograph."""
FULL_VIEW = 0.97
"""A mode whose crop keeps this share of the largest one's width and height shows the whole view: the v1 camera's binned
mode leaves out 16 columns at each side."""
WAIT_S = 20.0
"""How long one frame may take; the longest exposure of a HQ camera at night is far below."""
METADATA_KEYS = (
    "ExposureTime",
    "AnalogueGain",
    "DigitalGain",
    "ColourTemperature",
    "Lux",
    "LensPosition",
    "SensorTemperature",
)
"""Metadata worth keeping, of the forty values a frame comes with."""


class PiCamera:
    """The first camera on a ribbon cable. Raises CameraError when there is none or picamera2 is not installed."""

    def __init__(self) -> None:
        try:
            from picamera2 import Picamera2  # noqa: PLC0415 - exists only on a Pi
        except ImportError as fault:
            raise CameraError(cameras.NO_PICAMERA(reason=cause(fault))) from fault
        self._camera: Any = None
        self._looks_as: str | None = None
        """Pixel format of the running stream; None: no stream runs."""
        try:
            number = ribbon_camera(Picamera2.global_camera_info())
            if number is None:
                raise CameraError(cameras.NONE_CONNECTED(remedy=cameras.RIBBON_CABLE()))
            self._camera = Picamera2(number)
        except (RuntimeError, IndexError, OSError) as fault:
            raise CameraError(_failure(cameras.CANT_OPEN, fault)) from fault

    def take(self, settings: CameraSettings, path: Path) -> TakenPhoto:
        """Let exposure and balance settle, lock them, take a picture and leave it whole at `path`.

        What `settings` fixes is used as it is, so a series is comparable. Raises CameraError when no frame comes.
        """
        try:
            try:
                kind = self._start(settings)
                requested = self._lock(settings)
                frame, metadata = self._capture()
            except TimeoutError:
                # The job that waits for the frame would block the stop behind it for ever.
                self._camera.cancel_all_and_flush()
                raise
            finally:
                self._camera.stop()
        except TimeoutError as fault:
            raise CameraError(cameras.NO_IMAGE(seconds=WAIT_S, remedy=cameras.RIBBON_CABLE())) from fault
        except (RuntimeError, OSError, ValueError) as fault:
            raise CameraError(_failure(cameras.FAILED, fault)) from fault
        frame = to_bgr(frame, kind)
        sensor_height, sensor_width = frame.shape[:2]
        frame = np.ascontiguousarray(np.rot90(frame, -(settings.rotation_deg // 90)))
        try:
            write_atomic(
                path, cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, settings.jpeg_quality])[1].tobytes()
            )
        except OSError as fault:
            raise CameraError(
                cameras.NOT_WRITTEN(folder=str(path.parent), reason=fault.strerror or str(fault))
            ) from fault
        height, width = frame.shape[:2]
        red, blue = requested.get("ColourGains", (settings.red_gain, settings.blue_gain))
        return TakenPhoto(
            path=str(path),
            width=width,
            height=height,
            settings=msgspec.structs.replace(
                settings,
                width=sensor_width,
                height=sensor_height,
                exposure_us=requested.get("ExposureTime", settings.exposure_us),
                gain=requested.get("AnalogueGain", settings.gain),
                red_gain=red,
                blue_gain=blue,
                lens_position=requested.get("LensPosition", settings.lens_position),
            ),
            metadata={name: metadata[name] for name in METADATA_KEYS if metadata.get(name) is not None},
        )

    def preview_frame(self, settings: CameraSettings) -> NDArray[np.uint8]:
        """What is seen this moment, small and quick, blue, green, red. Raises CameraError when no frame comes."""
        try:
            if self._looks_as is None:
                self._looks_as = self._start_preview(settings)
            frame = to_bgr(np.asarray(self._camera.capture_array("main", wait=WAIT_S), np.uint8), self._looks_as)
        except TimeoutError as fault:
            self._camera.cancel_all_and_flush()
            raise CameraError(cameras.NO_IMAGE(seconds=WAIT_S, remedy=cameras.RIBBON_CABLE())) from fault
        except (RuntimeError, OSError, ValueError) as fault:
            raise CameraError(_failure(cameras.FAILED, fault)) from fault
        return np.ascontiguousarray(np.rot90(frame, -(settings.rotation_deg // 90)))

    def close(self) -> None:
        """Stop and release the camera."""
        if self._camera is not None:
            self._camera.close()
            self._camera = None

    def _start(self, settings: CameraSettings) -> str:
        """Configure for stills and start; the pixel format libcamera really gives, which may differ from the wish."""
        main: dict[str, Any] = {"format": "RGB888"}
        if settings.width and settings.height:
            main["size"] = (settings.width, settings.height)
        # Without a raw stream: its buffers would take as much memory again and nobody looks at them.
        self._camera.configure(self._camera.create_still_configuration(main=main, raw=None))
        self._camera.start()
        return str(self._camera.camera_configuration()["main"]["format"])

    def _start_preview(self, settings: CameraSettings) -> str:
        """Configure for a stream and let the camera focus as it goes, unless its focus is fixed."""
        mode = full_view_mode(self._sensor_modes())
        size = PREVIEW_SIZE if mode is None else preview_size(mode["size"])
        sensor = {} if mode is None else {"output_size": mode["size"], "bit_depth": mode["bit_depth"]}
        main = {"format": "RGB888", "size": size}
        self._camera.configure(self._camera.create_video_configuration(main=main, raw=None, sensor=sensor))
        self._camera.start()
        if "AfMode" in self._camera.camera_controls:
            fixed = settings.lens_position is not None
            continuous = {"AfMode": 2}
            self._set({"AfMode": 0, "LensPosition": settings.lens_position} if fixed else continuous)
        return str(self._camera.camera_configuration()["main"]["format"])

    def _sensor_modes(self) -> Sequence[Mapping[str, Any]]:
        """The sensor's modes; none where libcamera offers no raw stream, of whose formats picamera2 then asks None."""
        try:
            modes: Sequence[Mapping[str, Any]] = self._camera.sensor_modes
        except (AttributeError, RuntimeError):
            return []
        return modes

    def _lock(self, settings: CameraSettings) -> dict[str, Any]:
        """Fix what is given; let the rest settle and fix that too; the controls that were requested.

        Controls a sensor has not got are left alone.
        """
        known = self._camera.camera_controls
        given = _controls(settings)
        self._set({name: value for name, value in given.items() if name in known})
        if settings.lens_position is None and "AfMode" in known:
            self._camera.autofocus_cycle(wait=WAIT_S)
        time.sleep(settings.settle_s)
        seen = self._camera.capture_metadata(wait=WAIT_S)
        settled = {
            name: seen[name]
            for name in ("ExposureTime", "AnalogueGain", "ColourGains", "LensPosition")
            if name in seen and name in known
        }
        if not settled:
            return given
        switches = {"AeEnable": False, "AwbEnable": False} | ({"AfMode": 0} if "LensPosition" in settled else {})
        requested = {name: value for name, value in (switches | settled | given).items() if name in known}
        self._set(requested)
        return requested

    def _set(self, controls: dict[str, Any]) -> None:
        if controls:
            self._camera.set_controls(controls)

    def _capture(self) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """One frame with its metadata; frames exposed before the lock took effect are let pass."""
        for _ in range(3):
            self._camera.capture_metadata(wait=WAIT_S)
        request = self._camera.capture_request(wait=WAIT_S)
        try:
            return np.array(request.make_array("main"), np.uint8), dict(request.get_metadata())
        finally:
            request.release()


def full_view_mode(modes: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the smallest of picamera2's `sensor_modes` that shows the whole view; None where none is described.

    Left to itself picamera2 takes the fastest fitting mode, which on Camera Module 3 is a crop of the middle: what was
    aimed at would not be what is photographed.
    """
    described = [mode for mode in modes if "crop_limits" in mode]
    if not described:
        return None
    width, height = (max(mode["crop_limits"][side] for mode in described) for side in (2, 3))
    whole = [
        mode
        for mode in described
        if mode["crop_limits"][2] >= FULL_VIEW * width and mode["crop_limits"][3] >= FULL_VIEW * height
    ]
    wide = [mode for mode in whole if mode["size"][0] >= PREVIEW_SIZE[0]] or whole
    return min(wide, key=lambda mode: (mode["size"][0] * mode["size"][1], -mode["bit_depth"]), default=None)


def preview_size(sensor: tuple[int, int]) -> tuple[int, int]:
    """Return the size (width, height) of a preview in the shape of a sensor mode; both even, as video wants them."""
    width = min(PREVIEW_SIZE[0], sensor[0])
    return width // 2 * 2, round(width * sensor[1] / sensor[0] / 2) * 2


def ribbon_camera(cameras: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the position of the first camera on a ribbon cable; None without one.

    `cameras` is picamera2's global_camera_info(), which lists USB cameras too; their ids are USB paths. Picamera2()
    takes the position in that list, not the `Num` in it, which is libcamera's (raspberrypi/picamera2
    picamera2/picamera2.py).
    `v4l2:DEVICE` is the way to a USB camera.
    """
    return next((place for place, one in enumerate(cameras) if "/usb" not in str(one.get("Id", ""))), None)


def _failure(what: Template, fault: BaseException) -> Message:
    """The message about a failed camera: its innermost cause, and the remedy for that."""
    cause = fault
    while cause.__cause__ is not None:
        cause = cause.__cause__
    if "busy" in str(cause).lower():
        return cameras.IN_USE(reason=str(cause))
    return what(reason=str(cause), remedy=cameras.RIBBON_CABLE())


def to_bgr(frame: NDArray[np.uint8], kind: str) -> NDArray[np.uint8]:
    """Return a frame of pixel format `kind` as blue, green, red.

    libcamera's RGB888 lies in memory as blue, green, red. Raises CameraError for a format nobody asked for.
    """
    if kind == "NV12":
        return np.asarray(cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_NV12), np.uint8)
    if kind == "BGR888":
        return frame[:, :, ::-1]
    if kind == "RGB888":
        return frame
    raise CameraError(cameras.PIXEL_FORMAT(format=kind))


def _controls(settings: CameraSettings) -> dict[str, Any]:
    """The libcamera controls `settings` fixes."""
    controls: dict[str, Any] = {}
    if settings.exposure_us is not None:
        controls |= {"AeEnable": False, "ExposureTime": settings.exposure_us}
    if settings.gain is not None:
        controls |= {"AeEnable": False, "AnalogueGain": settings.gain}
    if settings.red_gain is not None and settings.blue_gain is not None:
        controls |= {"AwbEnable": False, "ColourGains": (settings.red_gain, settings.blue_gain)}
    if settings.lens_position is not None:
        controls |= {"AfMode": 0, "LensPosition": settings.lens_position}
    return controls
