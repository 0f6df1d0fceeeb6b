"""Runner of the due pipelines on each plant; merges their metrics."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np
from msgspec.structs import replace

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.model.metrics.registry import METRICS, PIPELINES
from sproutcast_pi.model.stage import StageFacts, stage_of
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.vision.colour.colour_correction import ColourCorrection
from sproutcast_pi.vision.colour.indices import chlorophyll_of, hue_of, midtones_of
from sproutcast_pi.vision.colour.plant_colours import colours_of, spots_withheld_reason, too_thin
from sproutcast_pi.vision.metrics.bloom import bloom_of
from sproutcast_pi.vision.metrics.health import health_of, is_area_jump
from sproutcast_pi.vision.metrics.lesions import lesions_of
from sproutcast_pi.vision.metrics.scale import PixelScale, pot_scale
from sproutcast_pi.vision.metrics.shape import count_leaves, measure_size
from sproutcast_pi.vision.metrics.turgor import baseline_known, droop_of, turgor_index
from sproutcast_pi.vision.photo.photo_file import DecodedPhoto
from sproutcast_pi.vision.segmentation.instances import boxes_of
from sproutcast_pi.vision.types import MIN_COLOUR_PIXELS, Image, Labels, Mask, Withheld

_TURGOR_METRICS = ("turgor_index", "droop_deg")
_RELIABLE_WHEN_LARGE = tuple(key for key in PIPELINES["P3b"] if withheld_reasons.TOO_SMALL in METRICS[key].withheld)
_BEYOND_SIZE = ("P3a", "P4", "P5", "leaves", "lesions")


class PhotoContext(msgspec.Struct, frozen=True, kw_only=True):
    """Context shared by all plants of a photo."""

    photo: DecodedPhoto
    odds: Image
    correction: ColourCorrection
    pixel_scale: PixelScale | None
    """Scale for plants whose pot gives none."""
    at: str | None = None


class PlantMarks(msgspec.Struct, frozen=True, kw_only=True):
    """Findings inside a plant's box, for the overlay."""

    corner: tuple[int, int] = (0, 0)
    petals: Mask | None = None
    lesions: Mask | None = None
    yellow: Mask | None = None


def measure_plants(
    frame: PhotoContext, labels: Labels, jobs: tuple[PlantJob, ...]
) -> list[tuple[PlantMeasurement, PlantMarks | None]]:
    """Measure the plants with labels 1..n, in the order of their jobs; an empty measurement for absent labels."""
    found: list[tuple[PlantMeasurement, PlantMarks | None]] = []
    for number, (job, box) in enumerate(zip(jobs, boxes_of(labels, len(jobs)), strict=True), 1):
        x, y, width, height = box
        if width == 0:
            gone = PlantMeasurement(plant=job.plant, area_px=0, area_percent=0.0, confidence=0.0)
            found.append((_withhold_all(gone, job) if is_area_jump(0.0, job.recent_areas, frame.at) else gone, None))
            continue
        mask = (labels[y : y + height, x : x + width] == number).astype(np.uint8) * 255
        found.append(_measure_plant(frame, mask, (x, y), job))
    return found


def _measure_plant(
    frame: PhotoContext, mask: Mask, corner: tuple[int, int], job: PlantJob
) -> tuple[PlantMeasurement, PlantMarks]:
    x, y = corner
    box = (slice(y, y + mask.shape[0]), slice(x, x + mask.shape[1]))
    photo = frame.photo
    centimetre = pot_scale(job, photo.width) or frame.pixel_scale
    cm = centimetre.px_per_cm if centimetre else None
    size = measure_size(mask, (x, y), photo.scale)
    plant = PlantMeasurement(
        plant=job.plant,
        **msgspec.structs.asdict(size),
        area_percent=round(size.area_px * 100 / (photo.width * photo.height), 4),
        area_cm2=round(size.area_px / cm**2, 2) if cm else None,
        scale=centimetre.source if centimetre else None,
        height_cm=round(size.height_px / cm, 2) if cm else None,
        confidence=round(float(np.tanh(np.maximum(frame.odds[box][mask > 0], 0) / 4).mean()), 3),
    )
    if job.pot_diameter_cm and centimetre is None:
        plant = _withhold(plant, ("area_cm2", "height_cm"), withheld_reasons.POT_UNMARKED)
    if is_area_jump(plant.area_percent or 0.0, job.recent_areas, frame.at):
        return _withhold_all(plant, job), PlantMarks(corner=(x, y))
    if np.count_nonzero(mask) < MIN_COLOUR_PIXELS:
        plant = _withhold(
            plant, (*_RELIABLE_WHEN_LARGE, *_requested_metrics(job, *_BEYOND_SIZE)), withheld_reasons.TOO_SMALL
        )
        return plant, PlantMarks(corner=(x, y))
    plant = _with_colour(plant, photo.bgr[box], mask, frame.correction, job)
    plant = _with_turgor(plant, mask, job, frame.at)
    if "leaves" in job.pipelines:
        leaves = count_leaves(mask)
        if isinstance(leaves, Withheld):
            plant = _withhold(plant, ("leaf_count",), leaves.reason)
        else:
            plant = replace(plant, leaf_count=leaves)
    plant, marks = _with_spots(plant, photo.bgr[box], mask, frame.correction, job)
    score, losses = health_of(plant, baseline_known=baseline_known(job.history), usual_greenness=job.usual_greenness)
    plant = replace(plant, health_score=score, health_reasons=losses)
    if score is None:
        plant = _withhold(plant, ("health_score",), withheld_reasons.NO_INPUTS)
    facts = StageFacts(plant.bloom_percent, plant.area_percent, plant.leaf_count)
    return replace(plant, stage=stage_of(facts)), replace(marks, corner=(x, y))


def _with_colour(
    plant: PlantMeasurement, bgr: Image, mask: Mask, balance: ColourCorrection, job: PlantJob
) -> PlantMeasurement:
    requested = _requested_metrics(job, "P3a", "P4")
    if not requested:
        return plant
    if isinstance(balance.midtones, Withheld):
        return _withhold(plant, requested, balance.midtones.reason)
    midtones = midtones_of(bgr, mask)
    if isinstance(midtones, Withheld):
        return _withhold(plant, requested, midtones.reason)
    corrected = balance.midtones.apply(midtones)
    hue, green = hue_of(corrected), chlorophyll_of(corrected)
    if hue is None or green is None:
        return _withhold(plant, requested, withheld_reasons.NOT_GREEN)
    if "P3a" in job.pipelines:
        plant = replace(plant, hue_deg=round(hue.hue_deg, 2), hue_sd_deg=round(hue.hue_sd_deg, 2))
    if "P4" in job.pipelines:
        index, excess = round(green.chlorophyll_index, 4), round(green.excess_green, 4)
        plant = replace(plant, chlorophyll_index=index, excess_green=excess)
    return plant


def _with_turgor(plant: PlantMeasurement, mask: Mask, job: PlantJob, at: str | None) -> PlantMeasurement:
    droop = droop_of(mask)
    if isinstance(droop, Withheld):
        return _withhold(plant, _TURGOR_METRICS, droop.reason)
    index = turgor_index(droop, plant.height_px or 0, job.history, at, restarted=job.posture_restarted)
    if index is None:
        plant = _withhold(plant, ("turgor_index",), withheld_reasons.POSTURE_BASELINE_UNKNOWN)
    return replace(plant, droop_deg=round(droop.droop_deg, 2), turgor_index=None if index is None else round(index, 4))


def _with_spots(
    plant: PlantMeasurement, bgr: Image, mask: Mask, balance: ColourCorrection, job: PlantJob
) -> tuple[PlantMeasurement, PlantMarks]:
    requested = _requested_metrics(job, "P5", "lesions")
    if not requested:
        return plant, PlantMarks()
    if isinstance(balance.spots, Withheld):
        return _withhold(plant, requested, balance.spots.reason), PlantMarks()
    hidden = spots_withheld_reason(bgr, mask)
    if hidden is not None:
        return _withhold(plant, requested, hidden), PlantMarks()
    colours = colours_of(bgr, mask, balance.spots)
    if not colours.is_green:
        return _withhold(plant, requested, withheld_reasons.NOT_GREEN), PlantMarks()
    # Petals are always detected, to exclude them from yellow leaf.
    bloom = bloom_of(colours)
    marks = PlantMarks()
    if "P5" in job.pipelines:
        plant = replace(plant, bloom_percent=round(bloom.bloom_percent, 3), bloom_count=bloom.bloom_count)
        marks = replace(marks, petals=bloom.mask)
    if "lesions" in job.pipelines and too_thin(mask):
        plant = _withhold(plant, _requested_metrics(job, "lesions"), withheld_reasons.TOO_THIN)
    elif "lesions" in job.pipelines:
        found = lesions_of(colours, bloom.mask)
        plant = replace(
            plant, lesion_percent=round(found.lesion_percent, 3), yellow_percent=round(found.yellow_percent, 3)
        )
        marks = replace(marks, lesions=found.lesions, yellow=found.yellow)
    return plant, marks


def _withhold_all(plant: PlantMeasurement, job: PlantJob) -> PlantMeasurement:
    """Withhold everything but the plant's box until the next photos."""
    metrics = (*PIPELINES["P3b"], *_requested_metrics(job, *_BEYOND_SIZE), "health_score")
    seen = PlantMeasurement(plant=plant.plant, bbox=plant.bbox, confidence=plant.confidence)
    return _withhold(seen, metrics, withheld_reasons.AREA_JUMP)


def _requested_metrics(job: PlantJob, *pipelines: str) -> tuple[str, ...]:
    """Requested metrics of these pipelines."""
    return tuple(metric for name in pipelines if name in job.pipelines for metric in PIPELINES[name])


def _withhold(plant: PlantMeasurement, metrics: Iterable[str], reason: str) -> PlantMeasurement:
    names = tuple(metrics)
    return replace(plant, **dict.fromkeys(names), left_out=plant.left_out | dict.fromkeys(names, reason))
