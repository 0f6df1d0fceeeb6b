"""Measure one photograph: read it, judge it, find the plants, run what is due on each."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from sproutcast_pi.errors import ImageError
from sproutcast_pi.model.measurement import PhotoMeasurement, PlantMeasurement, Quality
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.vision.chlorophyll import chlorophyll_of
from sproutcast_pi.vision.colour import hue_of
from sproutcast_pi.vision.health import health_of
from sproutcast_pi.vision.overlay import overlay_of
from sproutcast_pi.vision.photo import Photo, read_photo
from sproutcast_pi.vision.plants import find_plants, plants_in_regions
from sproutcast_pi.vision.quality import judge
from sproutcast_pi.vision.request import MeasureRequest
from sproutcast_pi.vision.segment import segment
from sproutcast_pi.vision.size import size_of
from sproutcast_pi.vision.types import Image, Labels, Mask


def measure_photo(source: Path | bytes, request: MeasureRequest | None = None, *, name: str = "") -> PhotoMeasurement:
    """Everything the photograph says. Raises ImageError when it can't be read, OSError when a picture can't be left."""
    return measure(read_photo(source, name), request or MeasureRequest())


def measure(photo: Photo, request: MeasureRequest) -> PhotoMeasurement:
    """Everything a photograph that was read already says. Raises OSError when a picture can't be left behind."""
    started = perf_counter()
    quality, colourless = judge(photo.bgr)
    labels = np.zeros(photo.bgr.shape[:2], np.int32)
    segment_ms = 0.0
    plants: tuple[PlantMeasurement, ...] = ()
    proposals: tuple[PlantMeasurement, ...] = ()
    if quality.verdict != "refused":
        mask = segment(photo.bgr).mask
        segment_ms = (perf_counter() - started) * 1e3
        labels, jobs, rest = _plants(mask, photo.bgr, request)
        plants = tuple(
            _measured(photo, labels, number, job, request, colourless=colourless) for number, job in enumerate(jobs, 1)
        )
        unnamed = range(1, int(rest.max()) + 1) if request.plants else ()
        proposals = tuple(
            _measured(photo, rest, number, PlantJob(plant=number), request, colourless=colourless) for number in unnamed
        )
    _leave_pictures(photo, labels, plants, request)
    return PhotoMeasurement(
        file=photo.name,
        width=photo.width,
        height=photo.height,
        quality=quality,
        plants=plants,
        proposals=proposals,
        elapsed_ms={
            "decode": round(photo.decode_ms, 1),
            "segment": round(segment_ms, 1),
            "total": round((perf_counter() - started) * 1e3 + photo.decode_ms, 1),
        },
    )


def refused(file: str, error: ImageError) -> Quality:
    """The quality of a picture that could not be read."""
    return Quality(verdict="refused", sharpness=0.0, exposure=0.0, reasons=(f"{file}: {error}",))


def _plants(mask: Mask, bgr: Image, request: MeasureRequest) -> tuple[Labels, tuple[PlantJob, ...], Labels]:
    if request.plants:
        labels, rest = plants_in_regions(mask, bgr, tuple(job.region for job in request.plants))
        return labels, request.plants, rest
    labels = find_plants(mask)
    found = range(1, int(labels.max()) + 1)
    return labels, tuple(PlantJob(plant=n, pipelines=request.pipelines) for n in found), np.zeros_like(labels)


def _measured(
    photo: Photo, labels: Labels, number: int, job: PlantJob, request: MeasureRequest, *, colourless: bool
) -> PlantMeasurement:
    whole = (labels == number).astype(np.uint8) * 255
    x, y, width, height = cv2.boundingRect(whole)
    if width == 0:
        return PlantMeasurement(plant=job.plant, area_px=0, area_percent=0.0)
    mask, bgr = whole[y : y + height, x : x + width], photo.bgr[y : y + height, x : x + width]
    size = size_of(mask, (x, y), photo.scale)
    px_per_cm = request.px_per_cm
    hue = hue_of(bgr, mask) if "P3a" in job.pipelines and not colourless else None
    green = chlorophyll_of(bgr, mask) if "P4" in job.pipelines and not colourless else None
    plant = PlantMeasurement(
        plant=job.plant,
        bbox=size.bbox,
        area_px=size.area_px,
        area_percent=round(size.area_px * 100 / (photo.width * photo.height), 4),
        area_cm2=round(size.area_px / px_per_cm**2, 2) if px_per_cm else None,
        height_px=size.height_px,
        height_cm=round(size.height_px / px_per_cm, 2) if px_per_cm else None,
        width_px=size.width_px,
        chlorophyll_index=round(green.chlorophyll_index, 4) if green else None,
        excess_green=round(green.excess_green, 4) if green else None,
        hue_deg=round(hue.hue_deg, 2) if hue else None,
        hue_sd_deg=round(hue.hue_sd_deg, 2) if hue else None,
    )
    score, reasons = health_of(plant)
    return PlantMeasurement(
        **{name: getattr(plant, name) for name in plant.__struct_fields__ if not name.startswith("health")},
        health_score=score,
        health_reasons=reasons,
    )


def _leave_pictures(
    photo: Photo, labels: Labels, plants: tuple[PlantMeasurement, ...], request: MeasureRequest
) -> None:
    if request.mask_path is not None:
        small = np.minimum(labels, 255).astype(np.uint8)
        _write(request.mask_path, cv2.resize(small, (photo.width, photo.height), interpolation=cv2.INTER_NEAREST))
    if request.overlay_path is not None:
        _write(request.overlay_path, overlay_of(photo.bgr, labels, plants, photo.scale))


def _write(path: str, image: Image) -> None:
    if not cv2.imwrite(path, image):
        raise OSError(f"{path} can't be written: is the folder there, and is there space?")
