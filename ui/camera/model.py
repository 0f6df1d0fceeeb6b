"""View model of the camera screen. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sproutcast_pi.messages.formatter import Formatter, parse_timestamp
from sproutcast_pi.protocol.row_cache import Row
from ui.camera.region import Region
from ui.queries import ScreenQueries, decode_json

SHARP, SOFT = 0.5, 0.25
"""Sharpness above which leaf edges are clear, and below which nothing can be measured."""
DARK, BRIGHT = 0.2, 0.75
MAX_BURNT_OUT_SHARE = 0.05
"""Over-exposed share from which leaves lose their colour somewhere."""
NEAR_BEST = 0.85
"""Share of the best sharpness from which a preview counts as in focus."""
MIN_CORNERS = 3


class CameraPage(msgspec.Struct, frozen=True, kw_only=True):
    """The newest photo with its focus, exposure and advice."""

    photo: str
    width: int
    height: int
    taken: str
    busy: bool
    fault: str
    focus: float
    focus_words: str
    focus_level: str
    light: float
    light_words: str
    light_level: str
    hint: str


class PreviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """Focus, exposure and advice for the live preview."""

    focus_words: str
    focus_level: str
    light_words: str
    light_level: str
    hint: str


def preview_page(sharpness: float, exposure: float, burnt: float, best: float, tr: Formatter) -> PreviewPage:
    """Judge a preview image and give one piece of advice; `best` is the highest sharpness so far."""
    focus_words, focus_level = _focus(sharpness, tr)
    light_words, light_level = _light(exposure, tr)
    if burnt > MAX_BURNT_OUT_SHARE:
        light_words, light_level = tr("{percent} burnt out", percent=tr.percent(burnt * 100)), "watch"
    if focus_level == "ok" and sharpness < best * NEAR_BEST:
        focus_words, focus_level = tr("It was sharper"), "watch"
    hint = _hint(focus_level, light_level, 1.0 if burnt > MAX_BURNT_OUT_SHARE else exposure, tr)
    return PreviewPage(
        focus_words=focus_words,
        focus_level=focus_level,
        light_words=light_words,
        light_level=light_level,
        hint=hint,
    )


def camera_page(queries: ScreenQueries, now: datetime, tr: Formatter) -> CameraPage:
    """Judge the newest photo and give one piece of advice."""
    captures = queries.captures()
    photo = queries.newest_photo()
    newest = captures[0] if captures else None
    busy = newest is not None and newest["state"] in {"wanted", "taking"}
    failed = newest is not None and newest["state"] == "failed"
    shown: Row = photo or {}
    sharpness, exposure = shown.get("sharpness"), shown.get("exposure")
    focus_words, focus_level = _focus(sharpness, tr)
    light_words, light_level = _light(exposure, tr)
    at = parse_timestamp(shown.get("finished_at"))
    return CameraPage(
        photo=shown.get("file") or "",
        width=int(shown.get("width") or 4),
        height=int(shown.get("height") or 3),
        taken=tr.ago(at, now) if at else "",
        busy=busy,
        fault=tr.row_text(newest, "error", now) or tr("The photo failed.") if failed and newest else "",
        focus=float(sharpness or 0),
        focus_words=focus_words,
        focus_level=focus_level,
        light=float(exposure or 0),
        light_words=light_words,
        light_level=light_level,
        hint=_hint(focus_level, light_level, exposure, tr) if photo else "",
    )


def _focus(sharpness: float | None, tr: Formatter) -> tuple[str, str]:
    if sharpness is None:
        return tr("Not known"), "none"
    if sharpness >= SHARP:
        return tr("Sharp"), "ok"
    return (tr("A little soft"), "watch") if sharpness >= SOFT else (tr("Blurred"), "act")


def _light(exposure: float | None, tr: Formatter) -> tuple[str, str]:
    if exposure is None:
        return tr("Not known"), "none"
    if exposure < DARK:
        return tr("Too dark"), "watch"
    return (tr("Too bright"), "watch") if exposure > BRIGHT else (tr("Just right"), "ok")


def _hint(focus: str, light: str, exposure: float | None, tr: Formatter) -> str:
    """Return the most important advice."""
    if focus in {"act", "watch"}:
        return tr("Turn the lens slowly, or move the camera, until the bar is longest.")
    if light == "watch":
        dark = exposure is not None and exposure < DARK
        return tr("Give the plants more light.") if dark else tr("Turn the camera away from the lamp or a window.")
    return tr("The camera is well aimed.")


def region_of(plant: Row, column: str = "region") -> Region | None:
    """Return a plant's polygon, or its pot's; None if unset."""
    points = decode_json(plant.get(column), None)
    try:
        region = tuple((float(x), float(y)) for x, y in points)
    except (TypeError, ValueError):
        return None
    return region if len(region) >= MIN_CORNERS else None
