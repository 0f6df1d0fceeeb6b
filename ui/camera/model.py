"""What the camera screen says. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sproutcast_pi.protocol.row_cache import Row
from ui.camera.region import Region
from ui.i18n.formatter import ScreenFormatter, parse_timestamp
from ui.queries import ScreenQueries, decode_json

SHARP, SOFT = 0.5, 0.25
"""Sharpness above which leaves' edges are clear, and below which nothing can be measured."""
DARK, BRIGHT = 0.2, 0.75
MAX_BURNT_OUT_SHARE = 0.05
"""Over-exposed share from which leaves lose their colour somewhere."""
NEAR_BEST = 0.85
"""A look this near to the sharpest one is as sharp as hands can set it."""
MIN_CORNERS = 3


class CameraPage(msgspec.Struct, frozen=True, kw_only=True):
    """The newest photograph and what is to be said about it."""

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
    """What is to be said about what the camera sees now."""

    focus_words: str
    focus_level: str
    light_words: str
    light_level: str
    hint: str


def preview_page(sharpness: float, exposure: float, burnt: float, best: float, tell: ScreenFormatter) -> PreviewPage:
    """Say how the view is, and the one thing to do next; `best` is the sharpest look so far."""
    focus_words, focus_level = _focus(sharpness, tell)
    light_words, light_level = _light(exposure, tell)
    if burnt > MAX_BURNT_OUT_SHARE:
        light_words, light_level = tell("{percent} burnt out", percent=tell.percent(burnt * 100)), "watch"
    if focus_level == "ok" and sharpness < best * NEAR_BEST:
        focus_words, focus_level = tell("It was sharper"), "watch"
    hint = _hint(focus_level, light_level, 1.0 if burnt > MAX_BURNT_OUT_SHARE else exposure, tell)
    return PreviewPage(
        focus_words=focus_words,
        focus_level=focus_level,
        light_words=light_words,
        light_level=light_level,
        hint=hint,
    )


def camera_page(garden: ScreenQueries, now: datetime, tell: ScreenFormatter) -> CameraPage:
    """Say how the newest photograph is and what would make it better."""
    captures = garden.captures()
    photo = garden.newest_photo()
    newest = captures[0] if captures else None
    busy = newest is not None and newest["state"] in {"wanted", "taking"}
    failed = newest is not None and newest["state"] == "failed"
    shown: Row = photo or {}
    sharpness, exposure = shown.get("sharpness"), shown.get("exposure")
    focus_words, focus_level = _focus(sharpness, tell)
    light_words, light_level = _light(exposure, tell)
    at = parse_timestamp(shown.get("finished_at"))
    return CameraPage(
        photo=shown.get("file") or "",
        width=int(shown.get("width") or 4),
        height=int(shown.get("height") or 3),
        taken=tell.ago(at, now) if at else "",
        busy=busy,
        fault=tell.row_text(newest, "error", now) or tell("The photo failed.") if failed and newest else "",
        focus=float(sharpness or 0),
        focus_words=focus_words,
        focus_level=focus_level,
        light=float(exposure or 0),
        light_words=light_words,
        light_level=light_level,
        hint=_hint(focus_level, light_level, exposure, tell) if photo else "",
    )


def _focus(sharpness: float | None, tell: ScreenFormatter) -> tuple[str, str]:
    if sharpness is None:
        return tell("Not known"), "none"
    if sharpness >= SHARP:
        return tell("Sharp"), "ok"
    return (tell("A little soft"), "watch") if sharpness >= SOFT else (tell("Blurred"), "act")


def _light(exposure: float | None, tell: ScreenFormatter) -> tuple[str, str]:
    if exposure is None:
        return tell("Not known"), "none"
    if exposure < DARK:
        return tell("Too dark"), "watch"
    return (tell("Too bright"), "watch") if exposure > BRIGHT else (tell("Just right"), "ok")


def _hint(focus: str, light: str, exposure: float | None, tell: ScreenFormatter) -> str:
    """Say the one thing to do next."""
    if focus in {"act", "watch"}:
        return tell("Turn the lens slowly, or move the camera, until the bar is longest.")
    if light == "watch":
        dark = exposure is not None and exposure < DARK
        return tell("Give the plants more light.") if dark else tell("Turn the camera away from the lamp or a window.")
    return tell("The camera is well aimed.")


def region_of(plant: Row, column: str = "region") -> Region | None:
    """Read a plant's polygon, or its pot's; None where there is none."""
    points = decode_json(plant.get(column), None)
    try:
        region = tuple((float(x), float(y)) for x, y in points)
    except (TypeError, ValueError):
        return None
    return region if len(region) >= MIN_CORNERS else None
