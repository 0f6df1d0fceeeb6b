"""Where libcamera's virtual pipeline is not the Raspberry Pi's: buffers, raw modes, and the algorithms' controls."""

import functools
from types import SimpleNamespace

import libcamera
import picamera2.allocators.dmaallocator as allocator
from libcamera import controls as ids
from picamera2 import Picamera2
from picamera2.controls import Controls
from picamera2.request import CompletedRequest
from sensor import Algorithms

from tests.hardware.sensor_modes import SENSORS

RANGES = {
    "AeEnable": (False, True, True),
    "AwbEnable": (False, True, True),
    "ExposureTime": (1, 66_666, 20_000),
    "AnalogueGain": (1.0, 16.0, 1.0),
    "ColourGains": (0.0, 32.0, None),
    "AfMode": (0, 2, 0),
    "AfTrigger": (0, 1, 0),
    "LensPosition": (0.0, 32.0, 1.0),
}
FOCUS = ("AfMode", "AfTrigger", "LensPosition")


class _TwoPlanes:
    """NV12 in one piece of memory, whose two planes the virtual pipeline wants named."""

    class FrameBuffer:
        Plane = libcamera.FrameBuffer.Plane

        def __new__(cls, planes):
            luma = planes[0]
            whole = luma.length
            luma.length = whole * 2 // 3
            chroma = libcamera.FrameBuffer.Plane()
            chroma.fd, chroma.offset, chroma.length = luma.fd, luma.length, whole - luma.length
            return libcamera.FrameBuffer([luma, chroma])


allocator.libcamera = _TwoPlanes
asked_sensor = []
"""Sizes of the sensor modes that picamera2 chose, the latest last."""


def fit(sensor="v3", missing=(), stop_after=None):
    """Let every camera that is opened have a Raspberry Pi's sensor, its modes, and controls but for `missing` ones.

    No frame comes any more after `stop_after` ones, as when a cable slips.
    """
    modes = SENSORS[sensor][0]
    known = {name: RANGES[name] for name in RANGES if name not in missing}
    Picamera2._get_raw_modes = lambda _self: [
        {"format": f"SRGGB{mode['bit_depth']}", "size": mode["size"]} for mode in modes
    ]
    _wrap(Picamera2, "_initialize_camera", lambda self: _fit_camera(self, sensor, known, modes))
    _wrap(Picamera2, "configure_", lambda self: _fit_controls(self, known))
    Controls.get_libcamera_controls = functools.partialmethod(_split_controls, Controls.get_libcamera_controls)
    CompletedRequest.get_metadata = functools.partialmethod(_with_answers, CompletedRequest.get_metadata)
    Picamera2._is_rpi_camera = lambda _self: True
    Picamera2._make_libcamera_config = functools.partialmethod(_ask_for_mode, Picamera2._make_libcamera_config)
    real = Picamera2.process_requests

    def process(self, display):
        with self._requestslock:
            for request in self._requests:
                request.answers = self.algorithms.next_frame()
            self.frames_seen = getattr(self, "frames_seen", 0) + len(self._requests)
            if stop_after is not None and self.frames_seen > stop_after:
                self.kept_back = [*getattr(self, "kept_back", []), *self._requests]
                self._requests = []
        real(self, display)

    Picamera2.process_requests = process


def _ask_for_mode(self, real, camera_config):
    """What picamera2 would ask a Raspberry Pi's pipeline for; the virtual one has no sensor to set up."""
    made = real(self, camera_config)
    size = made.sensor_config.output_size
    asked_sensor.append((size.width, size.height))
    made.sensor_config = None
    return made


def _wrap(kind, name, then):
    real = getattr(kind, name)

    def wrapped(self, *given, **named):
        result = real(self, *given, **named)
        then(self)
        return result

    setattr(kind, name, wrapped)


def _fit_camera(camera, sensor, known, modes):
    camera.algorithms = Algorithms(sensor, known)
    camera.sensor_modes_ = [{**mode, "format": f"SRGGB{mode['bit_depth']}"} for mode in modes]
    _fit_controls(camera, known)


def _fit_controls(camera, known):
    for name, (least, most, default) in known.items():
        reported = SimpleNamespace(min=least, max=most, default=default)
        camera.camera_ctrl_info[name] = (getattr(ids, name), reported)


def _split_controls(self, real):
    """Ours go to the algorithms; libcamera has the rest."""
    wanted = real(self)
    self._picam2.algorithms.request({one.name: value for one, value in wanted.items() if one.name in RANGES})
    return {one: value for one, value in wanted.items() if one.name not in RANGES}


def _with_answers(self, real):
    return {**real(self), **getattr(self, "answers", {})}
