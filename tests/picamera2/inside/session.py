"""What a test has done inside the root: one JSON object in, one JSON line out.

`action` names a function below; `fit` says how the camera is (see pipeline.py), the rest are the function's arguments.
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path

import msgspec
import pipeline

from sproutcast_pi.errors import CameraError
from sproutcast_pi.hardware import pi_camera
from sproutcast_pi.hardware.pi_camera import PiCamera
from sproutcast_pi.ports import CameraSettings

LOCKED = ("exposure_us", "gain", "red_gain", "blue_gain", "lens_position")


def take(settings, times=1):
    """Pictures one after the other, each with what the first one was requested with."""
    camera = PiCamera()
    photos = []
    fixed = {}
    for number in range(times):
        photo = _take(camera, {"settle_s": 0.3, **settings, **fixed}, f"{number}.jpg")
        fixed = fixed or _requested(photo)
        photos.append(photo)
    camera.close()
    return {"photos": photos}


def series(settings, times):
    """As many pictures as come, `times` at most, each with what the first one was requested with.

    The virtual pipeline of libcamera 0.4 loses the only request now and then when it is started again, and no frame
    comes any more, or it ends the process; a worker has a process of its own for each picture, so the next process
    goes on from the last line.
    """
    pi_camera.WAIT_S = 2.0
    camera = PiCamera()
    exposures = []
    with contextlib.suppress(CameraError):
        while True:
            print(json.dumps({"settings": settings, "exposures": exposures}), flush=True)
            if len(exposures) == times:
                break
            photo = _take(camera, {"settle_s": 0.0, **settings}, "series.jpg")
            settings = settings or _requested(photo)
            exposures.append(photo["metadata"]["ExposureTime"] * photo["metadata"]["AnalogueGain"])
    os._exit(0)  # a camera that hangs would keep the interpreter from ending


def _take(camera, settings, name):
    return msgspec.to_builtins(camera.take(msgspec.convert(settings, CameraSettings), Path(name)))


def _requested(photo):
    return {name: photo["settings"][name] for name in LOCKED if photo["settings"].get(name) is not None}


def preview(settings):
    """Frames of the view for aiming, and the mode that picamera2 asked libcamera for."""
    camera = PiCamera()
    frames = [camera.preview_frame(msgspec.convert(settings, CameraSettings)) for _ in range(3)]
    configured = camera._camera.camera_configuration()
    camera.close()
    return {"shape": frames[-1].shape, "main": configured["main"]["size"], "sensor": pipeline.asked_sensor[-1:]}


def stop_sending(settings, what):
    """A camera from which no frame comes any more; how long it took to be told, and to be let go."""
    camera = PiCamera()
    began = time.monotonic()
    try:
        if what == "take":
            camera.take(msgspec.convert(settings, CameraSettings), Path("never.jpg"))
        else:
            for _ in range(100):
                camera.preview_frame(msgspec.convert(settings, CameraSettings))
    except CameraError as error:
        reported_s = time.monotonic() - began
        camera.close()
        return {"error": str(error), "told_s": reported_s, "closed_s": time.monotonic() - began}
    return {"error": None}


def open_twice():
    """A second opening while the first holds the camera."""
    camera = PiCamera()
    try:
        PiCamera()
    except CameraError as error:
        return {"error": str(error)}
    finally:
        camera.close()
    return {"error": None}


def open_one():
    """Which camera was opened."""
    try:
        camera = PiCamera()
    except CameraError as error:
        return {"error": str(error)}
    return {"id": camera._camera.camera.id}


def main():
    asked = json.loads(sys.argv[1])
    action = globals()[asked.pop("action")]
    pipeline.fit(**asked.pop("fit", {}))
    print(json.dumps(action(**asked)), flush=True)


main()
