"""From the owner's settings to a look and habits. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from ui.theme import DARK, LIGHT, Look
from ui.tongue.tell import Habits, zone

NIGHT_FROM, NIGHT_TO = 20, 7
"""Hours between which the automatic theme is dark."""

Setting = Callable[[str, Any], Any]


def look_from(start: Look, setting: Setting, now: datetime) -> Look:
    """Return the look the owner wants: theme (dark, light, auto) and large text."""
    theme = setting("theme", None)
    palette = {"dark": DARK, "light": LIGHT}.get(theme, start.palette)
    if theme == "auto":
        hour = now.astimezone(zone(str(setting("time_zone", "UTC")))).hour
        palette = LIGHT if NIGHT_TO <= hour < NIGHT_FROM else DARK
    return msgspec.structs.replace(start, palette=palette, large_text=bool(setting("large_text", start.large_text)))


def habits_from(start: Habits, setting: Setting) -> Habits:
    """Return how the owner likes things told."""
    return Habits(
        language=str(setting("language", start.language)),
        inches=setting("length_unit", "inch" if start.inches else "cm") == "inch",
        fahrenheit=setting("temperature_unit", "F" if start.fahrenheit else "C") == "F",
        clock_24h=bool(setting("clock_24h", start.clock_24h)),
        time_zone=str(setting("time_zone", start.time_zone)),
    )
