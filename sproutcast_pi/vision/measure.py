"""Measure one photograph: read it, judge it, find the plants, run what is due on each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from sproutcast_pi.model import reasons
from sproutcast_pi.model.measurement import PhotoMeasurement, PlantMeasurement, Quality
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.vision.balance import Balance, Correction, balance_of, untold
from sproutcast_pi.vision.colour_card import Card, card_in
from sproutcast_pi.vision.enlarge import enlarged
from sproutcast_pi.vision.light import BURNT, Light, lamp_note, lamp_of, light_of
from sproutcast_pi.vision.overlay import overlay_of
from sproutcast_pi.vision.photo import Photo, read_photo
from sproutcast_pi.vision.place import Place, place_of
from sproutcast_pi.vision.plant_metrics import Frame, Marks, plants_of
from sproutcast_pi.vision.plants import find_plants, plants_in_regions
from sproutcast_pi.vision.quality import PLANT_BURNT, flagged, judge, refused
from sproutcast_pi.vision.request import MeasureRequest
from sproutcast_pi.vision.scale import Centimetre, frame_scale, pot_scale
from sproutcast_pi.vision.segment import Segmentation, segment
from sproutcast_pi.vision.stars import without_stars
from sproutcast_pi.vision.types import Image, Labels, Mask

DARK_MEAN = 0.08
"""Mean brightness below which a frame without plants is called dark instead of empty."""


def measure_photo(source: Path | bytes, request: MeasureRequest | None = None, *, name: str = "") -> PhotoMeasurement:
    """Everything the photograph says. Raises ImageError when it can't be read, OSError when a picture can't be left."""
    return measure(read_photo(source, name), request or MeasureRequest())


def measure(photo: Photo, request: MeasureRequest) -> PhotoMeasurement:
    """Everything a photograph that was read already says. Raises OSError when a picture can't be left behind."""
    clock = _Clock()
    quality, colourless = judge(photo.bgr)
    place = place_of(photo.bgr, request)
    if place.refused and quality.verdict != "refused":
        quality = refused(quality, place.refused)
    clock("quality")
    if quality.verdict == "refused":
        nothing = np.zeros(photo.bgr.shape[:2], np.uint8)
        _leave_masks(photo, nothing, nothing, nothing, request)
        _leave_overlay(photo, nothing, (), (), request)
        light = light_of(photo.bgr, nothing)
        return _answer(photo, quality, clock, notes=_lamp_notes(light, request), light=light)
    found = segment(photo.bgr, place.profile, shift=place.shift, brightness=place.brightness, careful=photo.small)
    clock("segment")
    light = light_of(photo.bgr, found.mask)
    card = card_in(photo.bgr) if request.colour_card else None
    balance = untold(reasons.GREY) if colourless else _balance(light, card, place, found)
    labels, jobs, rest = _plants(found, photo.bgr, request, place, balance)
    clock("plants")
    frame = Frame(
        photo=photo, odds=found.odds, balance=balance, centimetre=_centimetre(photo, jobs, request), at=request.at
    )
    measured = plants_of(frame, labels, jobs)
    unnamed = tuple(PlantJob(plant=n) for n in range(1, int(rest.max()) + 1)) if request.plants else ()
    proposals = tuple(plant for plant, _ in plants_of(frame, rest, unnamed))
    clock("metrics")
    plants = tuple(plant for plant, _ in measured)
    if not plants and quality.exposure < DARK_MEAN:
        quality = refused(quality, "too dark: nothing can be told apart")
    doubts = list(place.reasons)
    notes = _card_notes(card, request) + ([] if balance.note is None else [balance.note])
    if balance.note is not None and not balance.usable:
        doubts.append(balance.note)
    if _burnt(photo.bgr, found.mask) > PLANT_BURNT:
        doubts.append("the plants are partly burnt out: shorten the exposure")
    if found.fit is not None and found.fit.reason is not None:
        doubts.append(found.fit.reason)
    _leave_masks(photo, labels, rest, found.odds, request)
    _leave_overlay(
        photo,
        labels,
        plants,
        tuple(marks for _, marks in measured),
        request,
        px_per_cm=frame.centimetre.px if frame.centimetre else None,
    )
    return _answer(
        photo,
        flagged(quality, tuple(doubts)) if quality.verdict != "refused" else quality,
        clock,
        plants=plants,
        proposals=proposals,
        notes=(*doubts, *notes, *_lamp_notes(light, request)),
        light=light,
        fits=None if found.fit is None else found.fit.fits,
    )


class _Clock:
    """Milliseconds since the last part ended, by the part's name."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self.started = self._last = perf_counter()

    def __call__(self, part: str) -> None:
        now = perf_counter()
        self.parts[part] = round((now - self._last) * 1e3, 1)
        self._last = now


def _answer(
    photo: Photo,
    quality: Quality,
    clock: _Clock,
    *,
    light: Light,
    plants: tuple[PlantMeasurement, ...] = (),
    proposals: tuple[PlantMeasurement, ...] = (),
    notes: tuple[str, ...] = (),
    fits: bool | None = None,
) -> PhotoMeasurement:
    total = (perf_counter() - clock.started) * 1e3 + photo.decode_ms
    parts = {"decode": round(photo.decode_ms, 1), "segment": 0.0, **clock.parts, "total": round(total, 1)}
    return PhotoMeasurement(
        file=photo.name,
        width=photo.width,
        height=photo.height,
        quality=quality,
        plants=plants,
        proposals=proposals,
        elapsed_ms=parts,
        lamp=lamp_of(light),
        notes=tuple(dict.fromkeys(notes)),
        profile_fits=fits,
    )


def _lamp_notes(light: Light, request: MeasureRequest) -> tuple[str, ...]:
    note = lamp_note(lamp_of(light), request.light_level, request.lamp_colour)
    return () if note is None else (note,)


def _balance(light: Light, card: Card | None, place: Place, found: Segmentation) -> Balance:
    fits = found.fit is not None and found.fit.fits
    return balance_of(
        light,
        card=card if card is not None and card.fits else None,
        learned=place.profile.light if place.profile is not None and fits else None,
    )


def _card_notes(card: Card | None, request: MeasureRequest) -> list[str]:
    if not request.colour_card or (card is not None and card.fits):
        return []
    why = "isn't found" if card is None else "can't be read: it is burnt out, covered or in coloured light"
    return [f"the colour card {why}; colours are corrected without it"]


def _plants(
    found: Segmentation, bgr: Image, request: MeasureRequest, place: Place, balance: Balance
) -> tuple[Labels, tuple[PlantJob, ...], Labels]:
    if request.plants:
        regions = tuple(place.moved(job.region) for job in request.plants)
        labels, rest = plants_in_regions(found.mask, bgr, regions)
        return labels, request.plants, rest
    labels = find_plants(found.mask, found.odds, bgr)
    if isinstance(balance.tones, Correction):
        labels = without_stars(labels, found.context, bgr, balance.tones)
    numbers = range(1, int(labels.max()) + 1)
    return labels, tuple(_unnamed(n, request) for n in numbers), np.zeros_like(labels)


def _unnamed(number: int, request: MeasureRequest) -> PlantJob:
    return PlantJob(
        plant=number,
        pipelines=request.pipelines,
        pot_diameter_cm=request.pot_diameter_cm,
        pot_region=request.pot_region,
    )


def _burnt(bgr: Image, mask: Mask) -> float:
    """Share of the plants' pixels that lost their colour to the light."""
    plants = bgr[::4, ::4][mask[::4, ::4] > 0]
    return float((plants.min(axis=1) > BURNT).mean()) if len(plants) else 0.0


def _centimetre(photo: Photo, jobs: tuple[PlantJob, ...], request: MeasureRequest) -> Centimetre | None:
    """The frame's scale; where every plant's pot tells its own, none is looked for."""
    pots = [pot_scale(job, photo.width) for job in jobs]
    return pots[0] if pots and all(pots) else frame_scale(request.px_per_cm, photo.bgr, photo.scale)


def _leave_masks(photo: Photo, labels: Labels, rest: Labels, odds: Image, request: MeasureRequest) -> None:
    if request.mask_path is not None:
        _write(request.mask_path, lambda: enlarged(labels, odds, (photo.width, photo.height)))
    if request.lesson_path is not None:
        taken = np.where((labels > 0) | (rest > 0), 255, 0).astype(np.uint8)
        _write(request.lesson_path, lambda: taken)


def _leave_overlay(
    photo: Photo,
    labels: Labels,
    plants: tuple[PlantMeasurement, ...],
    marks: tuple[Marks | None, ...],
    request: MeasureRequest,
    *,
    px_per_cm: float | None = None,
) -> None:
    if request.overlay_path is not None:
        _write(
            request.overlay_path, lambda: overlay_of(photo.bgr, labels, plants, marks, photo.scale, px_per_cm=px_per_cm)
        )


def _write(path: str, picture: Callable[[], Image]) -> None:
    if not cv2.imwrite(path, picture()):
        raise OSError(f"{path} can't be written: is the folder there, and is there space?")
