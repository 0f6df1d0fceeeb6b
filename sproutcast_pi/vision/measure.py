"""Measurement of one photo: read, assess quality, segment, run the due pipelines on each plant."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import numpy as np

from sproutcast_pi.messages.areas import photo_notes, photos
from sproutcast_pi.messages.areas.withheld import withheld_message
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.model.measurement import PhotoMeasurement, PlantMeasurement, Quality
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.vision.colour.colour_card import ColourCard, find_card
from sproutcast_pi.vision.colour.colour_correction import (
    ColourCorrection,
    PixelCorrection,
    estimate_correction,
    uncorrectable,
)
from sproutcast_pi.vision.colour.illuminant import (
    BURNT_OUT_LEVEL,
    Illuminant,
    estimate_illuminant,
    lamp_note,
    lamp_reading,
    surroundings_note,
)
from sproutcast_pi.vision.metrics.certainty import PlantPixels, with_certainty
from sproutcast_pi.vision.metrics.plant_metrics import PhotoContext, PlantMarks, measure_plants
from sproutcast_pi.vision.metrics.scale import MIN_RIM_PX, PixelScale, frame_scale, pot_scale, rim_width
from sproutcast_pi.vision.overlay import draw_overlay
from sproutcast_pi.vision.photo.photo_file import DecodedPhoto, read_photo, write_image
from sproutcast_pi.vision.photo.quality import (
    MAX_PLANT_BURNT_OUT_SHARE,
    as_flagged,
    as_refused,
    as_uncertain,
    assess_quality,
    is_dark,
)
from sproutcast_pi.vision.profile.scene_context import SceneContext, load_scene_context
from sproutcast_pi.vision.segmentation.instances import find_plants, plants_in_regions, upscale_labels
from sproutcast_pi.vision.segmentation.mask_refinement import reject_non_green
from sproutcast_pi.vision.segmentation.segment import Segmentation, segment
from sproutcast_pi.vision.types import Image, Labels, Mask, MeasureRequest

MAX_CLOSER_LOOKS = 16
"""Plants of a photograph that are looked at more closely, the least certain: each takes the net once or twice."""


def measure_photo(source: Path | bytes, request: MeasureRequest | None = None, *, name: str = "") -> PhotoMeasurement:
    """Measure a photo file. Raises ImageError when it can't be read, OSError when an output can't be written."""
    return measure(read_photo(source, name), request or MeasureRequest())


def measure(photo: DecodedPhoto, request: MeasureRequest) -> PhotoMeasurement:
    """Measure a decoded photo. Raises OSError when an output can't be written."""
    clock = _StageTimer()
    quality, colourless = assess_quality(photo.bgr)
    place = load_scene_context(photo.bgr, request)
    if place.refusal and quality.verdict != "refused":
        quality = as_refused(quality, place.refusal)
    clock("quality")
    if quality.verdict == "refused":
        nothing = np.zeros(photo.bgr.shape[:2], np.uint8)
        _write_masks(photo, nothing, nothing, nothing, request)
        _write_overlay(photo, nothing, (), (), request)
        light = estimate_illuminant(photo.bgr, nothing)
        return _measurement(photo, quality, clock, notes=_lamp_notes(light, request), light=light)
    found = segment(photo.bgr, place.profile, shift=place.shift, brightness=place.brightness, two_scale=photo.small)
    clock("segment")
    light = estimate_illuminant(photo.bgr, found.mask)
    card = find_card(photo.bgr) if request.colour_card else None
    balance = uncorrectable(withheld_reasons.GREY) if colourless else _correction_for(light, card, place, found)
    labels, jobs, rest = _label_plants(found, photo.bgr, request, place, balance)
    clock("plants")
    frame = PhotoContext(
        photo=photo, odds=found.odds, correction=balance, pixel_scale=_frame_scale(photo, jobs, request), at=request.at
    )
    known = found.fit is not None and found.fit.fits
    measured = _measured_with_certainty(frame, labels, jobs, colourless=colourless, known=known)
    unnamed = tuple(PlantJob(plant=n) for n in range(1, int(rest.max()) + 1)) if request.plants else ()
    others = _measured_with_certainty(frame, rest, unnamed, colourless=colourless, known=known)
    proposals = tuple(plant for plant, _ in others)
    clock("metrics")
    plants = tuple(plant for plant, _ in measured)
    if not plants and is_dark(photo.bgr, quality.exposure):
        quality = as_refused(quality, photos.NOTHING_APART())
    doubts = list(place.reasons)
    notes = _card_notes(card, request) + _rim_notes(jobs, photo) + ([] if balance.note is None else [balance.note])
    doubtful = surroundings_note(light) if balance.from_surroundings else None
    notes += [] if doubtful is None else [doubtful]
    if balance.note is not None and not balance.usable:
        doubts.append(balance.note)
    if _burnt_out_share(photo.bgr, found.mask) > MAX_PLANT_BURNT_OUT_SHARE:
        doubts.append(photo_notes.PLANTS_BURNT_OUT())
    if found.fit is not None and found.fit.reason is not None:
        doubts.append(found.fit.reason)
    _write_masks(photo, labels, rest, found.odds, request)
    _write_overlay(
        photo,
        labels,
        plants,
        tuple(marks for _, marks in measured),
        request,
        px_per_cm=frame.pixel_scale.px_per_cm if frame.pixel_scale else None,
    )
    return _measurement(
        photo,
        as_uncertain(
            as_flagged(quality, tuple(doubts)) if quality.verdict != "refused" else quality, _uncertainties(plants)
        ),
        clock,
        plants=plants,
        proposals=proposals,
        notes=(*doubts, *notes, *_lamp_notes(light, request)),
        light=light,
        fits=None if found.fit is None else found.fit.fits,
    )


def _measured_with_certainty(
    frame: PhotoContext, labels: Labels, jobs: tuple[PlantJob, ...], *, colourless: bool, known: bool
) -> list[tuple[PlantMeasurement, PlantMarks | None]]:
    """The plants with their certainty; `known` where the site profile fits."""
    bgr = frame.photo.bgr
    measured = list(enumerate(measure_plants(frame, labels, jobs), start=1))
    least = sorted(measured, key=lambda item: item[1][0].confidence or 0.0)[:MAX_CLOSER_LOOKS]
    doubtful = {number for number, _ in least} if not known else set()
    return [
        (
            with_certainty(plant, PlantPixels(bgr, labels == number), colourless=colourless, closer=number in doubtful),
            marks,
        )
        for number, (plant, marks) in measured
    ]


def _uncertainties(plants: tuple[PlantMeasurement, ...]) -> tuple[Message, ...]:
    """Distinct reasons why the numbers may not be the plant's."""
    if not any(plant.area_px for plant in plants):
        return (photo_notes.NO_PLANT(),)
    reasons = dict.fromkeys(plant.uncertain_reason for plant in plants if plant.uncertain_reason)
    return tuple(withheld_message(reason) for reason in reasons)


class _StageTimer:
    """Stopwatch of stages: milliseconds by stage."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self.started = self._last = perf_counter()

    def __call__(self, part: str) -> None:
        now = perf_counter()
        self.parts[part] = round((now - self._last) * 1e3, 1)
        self._last = now


def _measurement(
    photo: DecodedPhoto,
    quality: Quality,
    clock: _StageTimer,
    *,
    light: Illuminant,
    plants: tuple[PlantMeasurement, ...] = (),
    proposals: tuple[PlantMeasurement, ...] = (),
    notes: tuple[Message, ...] = (),
    fits: bool | None = None,
) -> PhotoMeasurement:
    total = (perf_counter() - clock.started) * 1e3 + photo.decode_ms
    parts = {"decode": round(photo.decode_ms, 1), "segment": 0.0, **clock.parts, "total": round(total, 1)}
    messages = {english(note): note for note in (*photo.notes, *notes)}
    return PhotoMeasurement(
        file=photo.name,
        width=photo.width,
        height=photo.height,
        quality=quality,
        plants=plants,
        proposals=proposals,
        elapsed_ms=parts,
        lamp=lamp_reading(light),
        notes=tuple(messages),
        messages=tuple(messages.values()),
        profile_fits=fits,
    )


def _lamp_notes(light: Illuminant, request: MeasureRequest) -> tuple[Message, ...]:
    note = lamp_note(lamp_reading(light), request.light_level, request.lamp_colour)
    return () if note is None else (note,)


def _correction_for(
    light: Illuminant, card: ColourCard | None, place: SceneContext, found: Segmentation
) -> ColourCorrection:
    fits = found.fit is not None and found.fit.fits
    return estimate_correction(
        light,
        card=card if card is not None and card.fits else None,
        learned=place.profile.illuminant if place.profile is not None and fits else None,
    )


def _card_notes(card: ColourCard | None, request: MeasureRequest) -> list[Message]:
    if not request.colour_card or (card is not None and card.fits):
        return []
    return [photo_notes.CARD_MISSING() if card is None else photo_notes.CARD_UNREADABLE()]


def _rim_notes(jobs: tuple[PlantJob, ...], photo: DecodedPhoto) -> list[Message]:
    """Notes on pots too small to give a scale."""
    widths = [rim_width(job, photo.width) for job in jobs if job.pot_diameter_cm]
    return [
        photo_notes.SMALL_RIM(width=width, least=MIN_RIM_PX)
        for width in dict.fromkeys(widths)
        if width is not None and width < MIN_RIM_PX
    ]


def _label_plants(
    found: Segmentation, bgr: Image, request: MeasureRequest, place: SceneContext, balance: ColourCorrection
) -> tuple[Labels, tuple[PlantJob, ...], Labels]:
    if request.plants:
        regions = tuple(place.shift_region(job.region) for job in request.plants)
        labels, rest = plants_in_regions(found.mask, bgr, regions)
        return labels, request.plants, rest
    labels = find_plants(found.mask, found.odds, bgr)
    if isinstance(balance.midtones, PixelCorrection):
        labels = reject_non_green(labels, found.context, bgr, balance.midtones)
    numbers = range(1, int(labels.max()) + 1)
    return labels, tuple(_default_job(n, request) for n in numbers), np.zeros_like(labels)


def _default_job(number: int, request: MeasureRequest) -> PlantJob:
    return PlantJob(
        plant=number,
        pipelines=request.pipelines,
        pot_diameter_cm=request.pot_diameter_cm,
        pot_region=request.pot_region,
    )


def _burnt_out_share(bgr: Image, mask: Mask) -> float:
    """Share of the plants' pixels that are over-exposed."""
    plants = bgr[::4, ::4][mask[::4, ::4] > 0]
    return float((plants.min(axis=1) > BURNT_OUT_LEVEL).mean()) if len(plants) else 0.0


def _frame_scale(photo: DecodedPhoto, jobs: tuple[PlantJob, ...], request: MeasureRequest) -> PixelScale | None:
    """The frame's scale; not searched for if every plant's pot gives one."""
    pots = [pot_scale(job, photo.width) for job in jobs]
    return pots[0] if pots and all(pots) else frame_scale(request.px_per_cm, photo.bgr, photo.scale)


def _write_masks(photo: DecodedPhoto, labels: Labels, rest: Labels, odds: Image, request: MeasureRequest) -> None:
    if request.mask_path is not None:
        write_image(Path(request.mask_path), upscale_labels(labels, odds, (photo.width, photo.height)))
    if request.training_mask_path is not None:
        taken = np.where((labels > 0) | (rest > 0), 255, 0).astype(np.uint8)
        write_image(Path(request.training_mask_path), taken)


def _write_overlay(
    photo: DecodedPhoto,
    labels: Labels,
    plants: tuple[PlantMeasurement, ...],
    marks: tuple[PlantMarks | None, ...],
    request: MeasureRequest,
    *,
    px_per_cm: float | None = None,
) -> None:
    if request.overlay_path is not None:
        write_image(
            Path(request.overlay_path),
            draw_overlay(photo.bgr, labels, plants, marks, photo.scale, px_per_cm=px_per_cm),
        )
