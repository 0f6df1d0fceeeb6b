"""From job to answer: take the picture, measure it, leave photograph, thumbnail and overlay on disk."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import cv2
import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.errors import CameraError, ImageError
from sproutcast_pi.hardware.cameras import open_camera
from sproutcast_pi.messages.areas import cameras
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.ports import CameraSettings, TakenPhoto
from sproutcast_pi.protocol.worker import WorkerAnswer, WorkerJob
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.photo.photo_file import DecodedPhoto, read_photo
from sproutcast_pi.vision.types import MeasureRequest

THUMB_PX = 480
"""The longer side of a thumbnail: sharp on a card of the largest screen, some 30 kB."""


def run_job(job: WorkerJob) -> WorkerAnswer:
    """Everything the daemon wants to know of one picture; a camera or picture at fault becomes `error`."""
    began = time.perf_counter()
    try:
        taken = _take_photo(job)
        took_ms = (time.perf_counter() - began) * 1000
        photo = read_photo(Path(taken.path), job.file)
        measured = measure(photo, _request(job))
        _thumbnail(photo, Path(job.folder) / job.thumb)
        content = Path(taken.path).read_bytes()
    except (CameraError, ImageError) as error:
        return WorkerAnswer(capture=job.capture, error=str(error), reason=error.message)
    except OSError as error:
        reason = cameras.NOT_STORED(reason=error.strerror or str(error))
        return WorkerAnswer(capture=job.capture, error=english(reason), reason=reason)
    return WorkerAnswer(
        capture=job.capture,
        file=job.file,
        thumb=job.thumb,
        overlay=job.overlay if (Path(job.folder) / job.overlay).exists() else None,
        width=measured.width,
        height=measured.height,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        settings=msgspec.to_builtins(taken.settings),
        metadata=dict(taken.metadata),
        quality=measured.quality,
        lamp=measured.lamp,
        plants=measured.plants if job.plants else (),
        proposals=measured.proposals if job.plants else measured.plants,
        notes=measured.notes,
        profile_fits=measured.profile_fits,
        elapsed_ms={
            **measured.elapsed_ms,
            "take": round(took_ms, 1),
            "total": round((time.perf_counter() - began) * 1000, 1),
        },
    )


def _take_photo(job: WorkerJob) -> TakenPhoto:
    camera = open_camera(job.camera, job)
    try:
        return camera.take(msgspec.convert(job.settings, CameraSettings), Path(job.folder) / job.file)
    finally:
        camera.close()


def _request(job: WorkerJob) -> MeasureRequest:
    return MeasureRequest(
        plants=job.plants,
        profile=job.profile,
        reference=job.reference,
        light_level=job.light_level,
        lamp_colour=job.lamp_colour,
        px_per_cm=job.px_per_cm,
        colour_card=job.colour_card,
        at=job.at,
        overlay_path=str(Path(job.folder) / job.overlay),
        training_mask_path=job.lesson,
    )


def _thumbnail(photo: DecodedPhoto, path: Path) -> None:
    """A small JPEG of what was decoded for measuring anyway."""
    height, width = photo.bgr.shape[:2]
    share = min(1.0, THUMB_PX / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    small = cv2.resize(photo.bgr, size, interpolation=cv2.INTER_AREA)
    write_atomic(path, cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())
