"""Theme from the owner's settings. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sproutcast_pi.messages.formatter import load_zone
from sproutcast_pi.messages.preferences import Setting, zone_name
from ui.theme import DARK, LARGE_TEXT, LIGHT, Theme

NIGHT_FROM, NIGHT_TO = 20, 7
"""Hours between which the automatic theme is dark."""

MAX_TEXT_SCALE = LARGE_TEXT
"""Largest text scale the layouts support; the store accepts more."""


def theme_from(start: Theme, setting: Setting, now: datetime) -> Theme:
    """Return the theme of the settings: palette (dark, light, auto) and text size."""
    theme = setting("theme", None)
    palette = {"dark": DARK, "light": LIGHT}.get(theme, start.palette)
    if theme == "auto":
        hour = now.astimezone(load_zone(zone_name(setting, "UTC"))).hour
        palette = LIGHT if NIGHT_TO <= hour < NIGHT_FROM else DARK
    text_scale = min(MAX_TEXT_SCALE, max(1.0, float(setting("text_size", start.text_scale))))
    return msgspec.structs.replace(start, palette=palette, text_scale=text_scale)
