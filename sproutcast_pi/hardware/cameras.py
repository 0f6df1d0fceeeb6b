"""Open the camera a specification names. Only the worker may: the modules behind it load OpenCV or picamera2."""

from __future__ import annotations

from pathlib import Path

from sproutcast_pi.errors import CameraError
from sproutcast_pi.messages.areas import cameras
from sproutcast_pi.ports import Camera
from sproutcast_pi.protocol.worker import WorkerJob

KINDS = "pi, v4l2:/dev/video0, replay:DIR, simulated"


def open_camera(spec: str, job: WorkerJob) -> Camera:
    """Return the camera `spec` names: `pi`, `v4l2:DEVICE`, `replay:DIR`, `simulated` or `simulated:FAULT`.

    Simulated ones see what `job` says of the scene and the lamp. Raises CameraError for anything else, or when the
    camera can't be opened.
    """
    kind, _, rest = spec.partition(":")
    if kind == "pi" and not rest:
        from sproutcast_pi.hardware.pi_camera import PiCamera  # noqa: PLC0415 - only on a Pi

        return PiCamera()
    if kind == "v4l2" and rest:
        from sproutcast_pi.hardware.v4l2_camera import V4l2Camera  # noqa: PLC0415 - loads OpenCV

        return V4l2Camera(rest)
    if kind == "replay" and rest:
        from sproutcast_pi.simulated.replay_camera import ReplayCamera  # noqa: PLC0415 - loads OpenCV

        return ReplayCamera(Path(rest).expanduser(), job.replay_index)
    if spec == "simulated":
        return _simulated(job)
    if kind == "simulated" and rest:
        from sproutcast_pi.simulated.faulty_camera import FaultyCamera  # noqa: PLC0415 - seldom wanted

        return FaultyCamera(rest)
    raise CameraError(cameras.NO_CAMERA_NAMED(name=spec, known=KINDS))


def _simulated(job: WorkerJob) -> Camera:
    from sproutcast_pi.simulated.greenhouse import begin, scene  # noqa: PLC0415 - only with the painting camera
    from sproutcast_pi.simulated.rendered_camera import RenderedCamera  # noqa: PLC0415 - loads OpenCV

    shown = job.scene
    if shown is None:
        from sproutcast_pi.model.timestamps import from_text  # noqa: PLC0415 - only without a scene

        shown = scene(begin(from_text(job.at), [plant.plant for plant in job.plants] or [1]))
    level = 1.0 if job.light_level is None else job.light_level
    return RenderedCamera(shown, level=level, colour=job.lamp_colour, capture=job.capture)
