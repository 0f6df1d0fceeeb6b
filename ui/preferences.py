"""From the owner's settings to a look and habits. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from ui.i18n.formatter import LocalePreferences, load_zone
from ui.theme import DARK, LARGE_TEXT, LIGHT, Theme

NIGHT_FROM, NIGHT_TO = 20, 7
"""Hours between which the automatic theme is dark."""

MAX_TEXT_SCALE = LARGE_TEXT
"""Layouts hold up to here; the store would take more."""

Setting = Callable[[str, Any], Any]


def theme_from(start: Theme, setting: Setting, now: datetime) -> Theme:
    """Return the look the owner wants: theme (dark, light, auto) and size of texts."""
    theme = setting("theme", None)
    palette = {"dark": DARK, "light": LIGHT}.get(theme, start.palette)
    if theme == "auto":
        hour = now.astimezone(load_zone(zone_from(setting, "UTC"))).hour
        palette = LIGHT if NIGHT_TO <= hour < NIGHT_FROM else DARK
    text_scale = min(MAX_TEXT_SCALE, max(1.0, float(setting("text_size", start.text_scale))))
    return msgspec.structs.replace(start, palette=palette, text_scale=text_scale)


def locale_preferences_from(start: LocalePreferences, setting: Setting) -> LocalePreferences:
    """Return how the owner likes things told."""
    imperial = setting("units", "imperial" if start.inches else "metric") == "imperial"
    return LocalePreferences(
        language=str(setting("language", start.language)),
        inches=imperial,
        fahrenheit=imperial,
        clock_24h=setting("hour_format", "24" if start.clock_24h else "12") == "24",
        time_zone=zone_from(setting, start.time_zone),
    )


def zone_from(setting: Setting, otherwise: str) -> str:
    """Return the zone hours are told in: the owner's choice, else what the device was given."""
    return str(setting("time_zone", setting("given_time_zone", otherwise)))
