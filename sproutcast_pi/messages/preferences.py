"""A reader's preferences from the owner's settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sproutcast_pi.messages.formatter import LocalePreferences

Setting = Callable[[str, Any], Any]
"""The value of a setting by its name, the second argument where it is not set."""


def locale_preferences(setting: Setting, start: LocalePreferences | None = None) -> LocalePreferences:
    """Return language, units, clock and time zone from the owner's settings; `start` holds the defaults."""
    otherwise = start or LocalePreferences()
    imperial = setting("units", "imperial" if otherwise.inches else "metric") == "imperial"
    return LocalePreferences(
        language=str(setting("language", otherwise.language)),
        inches=imperial,
        fahrenheit=imperial,
        clock_24h=setting("hour_format", "24" if otherwise.clock_24h else "12") == "24",
        time_zone=zone_name(setting, otherwise.time_zone),
    )


def zone_name(setting: Setting, otherwise: str) -> str:
    """Return the time zone: the owner's choice, else the device's default."""
    return str(setting("time_zone", setting("given_time_zone", otherwise)))
