"""Run the pipelines that are due on one plant, and put their numbers together."""

from __future__ import annotations

import msgspec
import numpy as np

from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.vision.bloom import Bloom, bloom_of
from sproutcast_pi.vision.chlorophyll import chlorophyll_of
from sproutcast_pi.vision.colour import hue_of
from sproutcast_pi.vision.health import health_of
from sproutcast_pi.vision.lab import colours_of
from sproutcast_pi.vision.leaves import leaves_of
from sproutcast_pi.vision.lesions import Lesions, lesions_of
from sproutcast_pi.vision.photo import Photo
from sproutcast_pi.vision.plants import boxes_of
from sproutcast_pi.vision.size import size_of
from sproutcast_pi.vision.stage import stage_of
from sproutcast_pi.vision.turgor import droop_of, habit_known, turgor_index
from sproutcast_pi.vision.types import Image, Labels, Mask


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What all plants of one photograph share."""

    photo: Photo
    odds: Image
    gains: tuple[float, float, float] | None
    """Per channel (B, G, R) to neutral light; None when the colours can't be trusted."""
    px_per_cm: float | None
    at: str | None = None


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """What was found inside a plant's box, for drawing."""

    corner: tuple[int, int]
    petals: Mask | None = None
    lesions: Mask | None = None
    yellow: Mask | None = None


def plants_of(frame: Frame, labels: Labels, jobs: tuple[PlantJob, ...]) -> list[tuple[PlantMeasurement, Marks | None]]:
    """The plants with the labels 1..n, in the order of their jobs; an empty one where nothing has the label."""
    found: list[tuple[PlantMeasurement, Marks | None]] = []
    for number, (job, box) in enumerate(zip(jobs, boxes_of(labels, len(jobs)), strict=True), 1):
        x, y, width, height = box
        if width == 0:
            found.append((PlantMeasurement(plant=job.plant, area_px=0, area_percent=0.0, confidence=0.0), None))
            continue
        mask = (labels[y : y + height, x : x + width] == number).astype(np.uint8) * 255
        found.append(_measured(frame, mask, (x, y), job))
    return found


def _measured(frame: Frame, mask: Mask, corner: tuple[int, int], job: PlantJob) -> tuple[PlantMeasurement, Marks]:
    x, y = corner
    box = (slice(y, y + mask.shape[0]), slice(x, x + mask.shape[1]))
    bgr, photo = frame.photo.bgr[box], frame.photo
    size = size_of(mask, (x, y), photo.scale)
    cm = frame.px_per_cm
    hue = green = None
    if frame.gains is not None:
        hue = hue_of(bgr, mask, frame.gains) if "P3a" in job.pipelines else None
        green = chlorophyll_of(bgr, mask, frame.gains) if "P4" in job.pipelines else None
    bloom, lesions = _spots(bgr, mask, frame, job)
    droop = droop_of(mask)
    plant = PlantMeasurement(
        plant=job.plant,
        bbox=size.bbox,
        area_px=size.area_px,
        area_percent=round(size.area_px * 100 / (photo.width * photo.height), 4),
        area_cm2=round(size.area_px / cm**2, 2) if cm else None,
        height_px=size.height_px,
        height_cm=round(size.height_px / cm, 2) if cm else None,
        width_px=size.width_px,
        chlorophyll_index=round(green.chlorophyll_index, 4) if green else None,
        excess_green=round(green.excess_green, 4) if green else None,
        turgor_index=None if droop is None else round(turgor_index(droop, size.height_px, job.history, frame.at), 4),
        droop_deg=None if droop is None else round(droop.droop_deg, 2),
        hue_deg=round(hue.hue_deg, 2) if hue else None,
        hue_sd_deg=round(hue.hue_sd_deg, 2) if hue else None,
        leaf_count=leaves_of(mask) if "leaves" in job.pipelines else None,
        bloom_percent=round(bloom.bloom_percent, 3) if bloom else None,
        bloom_count=bloom.bloom_count if bloom else None,
        lesion_percent=round(lesions.lesion_percent, 3) if lesions else None,
        yellow_percent=round(lesions.yellow_percent, 3) if lesions else None,
        confidence=round(float(np.tanh(np.maximum(frame.odds[box][mask > 0], 0) / 4).mean()), 3),
    )
    score, reasons = health_of(plant, habit_known=habit_known(job.history))
    plant = msgspec.structs.replace(plant, health_score=score, health_reasons=reasons, stage=stage_of(plant))
    marks = Marks(
        corner=(x, y),
        petals=bloom.mask if bloom else None,
        lesions=lesions.lesions if lesions else None,
        yellow=lesions.yellow if lesions else None,
    )
    return plant, marks


def _spots(bgr: Image, mask: Mask, frame: Frame, job: PlantJob) -> tuple[Bloom | None, Lesions | None]:
    if frame.gains is None or not {"P5", "lesions"} & set(job.pipelines):
        return None, None
    colours = colours_of(bgr, mask, frame.gains)
    if colours is None:
        return None, None
    # Petals are looked for even where nobody asked: they are no yellow leaf.
    bloom = bloom_of(colours)
    lesions = lesions_of(colours, bloom.mask) if "lesions" in job.pipelines else None
    return (bloom if "P5" in job.pipelines else None), lesions
