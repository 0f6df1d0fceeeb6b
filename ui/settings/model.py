"""What the settings screen shows and offers. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from sproutcast_pi.messages.areas.parts import PARTS, part_name
from sproutcast_pi.messages.translations import languages
from ui.home.state import ICONS
from ui.i18n.formatter import ScreenFormatter, parse_timestamp
from ui.queries import ScreenQueries
from ui.screensaver.idle import clock_time

LANGUAGE_NAMES = {"en": "English", "de": "Deutsch"}
LARGE = 1.25
ZONES = (
    "Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/London", "Europe/Paris", "Europe/Madrid", "Europe/Rome",
    "Europe/Amsterdam", "Europe/Warsaw", "Europe/Athens", "Europe/Helsinki", "America/New_York", "America/Chicago",
    "America/Denver", "America/Los_Angeles", "America/Toronto", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Shanghai",
    "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland", "UTC",
)  # fmt: skip
"""The ones most people live in; any other can be set from the phone."""


class SettingLine(msgspec.Struct, frozen=True, kw_only=True):
    """One row: what it is called, how it stands now."""

    key: str
    icon: str
    name: str
    value: str = ""


class SettingGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that belong together."""

    title: str
    lines: tuple[SettingLine, ...]


class PartLine(msgspec.Struct, frozen=True, kw_only=True):
    """How one part of the appliance is."""

    part: str
    name: str
    level: str
    message: str
    advice: str
    since: str

    @property
    def icon(self) -> str:
        """The shape of its state."""
        return ICONS.get(self.level, ICONS["none"])


def choices(key: str, tell: ScreenFormatter) -> list[tuple[Any, str]]:
    """Return what a setting can be: (value, word)."""
    minutes = [(60, tell("1 minute")), (300, tell("5 minutes")), (900, tell("15 minutes")), (3600, tell("1 hour"))]
    offered: dict[str, list[tuple[Any, str]]] = {
        "language": [(code, LANGUAGE_NAMES.get(code, code)) for code in languages()],
        "units": [("metric", "cm, °C"), ("imperial", "inch, °F")],
        "hour_format": [("24", "14:05"), ("12", "2:05 pm")],
        "time_zone": [(zone, zone.replace("_", " ")) for zone in ZONES],
        "theme": [("dark", tell("Dark")), ("light", tell("Light")), ("auto", tell("Light by day, dark by night"))],
        "text_size": [(1.0, tell("Normal")), (LARGE, tell("Large"))],
        "screen_off_after_s": [*minutes, (0, tell("Never"))],
        "screen_brightness": [(share / 100, tell.percent(share)) for share in (10, 25, 50, 75, 100)],
        "capture_interval_min": [
            (15, tell("Every 15 minutes")),
            (30, tell("Every 30 minutes")),
            (60, tell("Every hour")),
            (240, tell("Every 4 hours")),
        ],
        "captures_only_when_lit": [(True, tell("Only while the light is on")), (False, tell("Day and night"))],
        "home_assistant_enabled": [(True, tell("On")), (False, tell("Off"))],
    }
    return offered.get(key, [])


DEFAULTS: dict[str, Any] = {
    "theme": "dark",
    "text_size": 1.0,
    "units": "metric",
    "hour_format": "24",
    "screen_off_after_s": 900,
    "screen_brightness": 1.0,
    "capture_interval_min": 60,
    "captures_only_when_lit": True,
    "home_assistant_enabled": False,
}


HOURS: dict[str, tuple[str, str, tuple[int, int]]] = {
    "quiet": ("quiet_from", "quiet_until", (22 * 60, 7 * 60)),
    "night": ("screen_off_from", "screen_off_until", (22 * 60, 7 * 60)),
}
"""Rows that are a span of the day: their two settings, and the minutes proposed where there is none yet."""


def hours(garden: ScreenQueries, key: str) -> tuple[int, int] | None:
    """Return a span of the day in minutes; None where there is none."""
    first, until, _ = HOURS[key]
    found = [clock_time(garden.setting(name)) for name in (first, until)]
    minutes = [at.hour * 60 + at.minute for at in found if at]
    return (minutes[0], minutes[1]) if len(minutes) == len(found) else None


def _hours_words(garden: ScreenQueries, key: str, tell: ScreenFormatter) -> str:
    span = hours(garden, key)
    if span is None:
        return tell("Never")
    first, until = (tell.clock(minute // 60, minute % 60) for minute in span)
    return tell("{first} to {until}", first=first, until=until)


def chosen(garden: ScreenQueries, key: str, tell: ScreenFormatter) -> Any:
    """Return how a setting stands now."""
    return garden.setting(
        key, {"language": tell.preferences.language, "time_zone": tell.preferences.time_zone, **DEFAULTS}.get(key)
    )


def groups(garden: ScreenQueries, tell: ScreenFormatter, *, dimmable: bool, version: str) -> list[SettingGroup]:
    """Return every row of the settings screen."""

    def line(key: str, icon: str, name: str) -> SettingLine:
        now = chosen(garden, key, tell)
        word = next((word for value, word in choices(key, tell) if value == now), str(now) if now is not None else "")
        return SettingLine(key=key, icon=icon, name=name, value=word)

    def way(key: str, icon: str, name: str, value: str = "") -> SettingLine:
        return SettingLine(key=key, icon=icon, name=name, value=value)

    network = garden.health("network")
    brightness = (line("screen_brightness", "brightness-up", tell("Brightness")),) if dimmable else ()
    return [
        SettingGroup(
            title=tell("Screen"),
            lines=(
                line("language", "language", tell("Language")),
                line("theme", "palette", tell("Colours")),
                line("text_size", "letter-case", tell("Text size")),
                *brightness,
                line("screen_off_after_s", "photo", tell("Photo frame")),
                way("night", "moon-stars", tell("Dark at night"), _hours_words(garden, "night", tell)),
            ),
        ),
        SettingGroup(
            title=tell("Habits"),
            lines=(
                line("units", "ruler-2", tell("Units")),
                line("hour_format", "clock", tell("Time of day")),
                line("time_zone", "map-pin", tell("Time zone")),
            ),
        ),
        SettingGroup(
            title=tell("Photographs"),
            lines=(
                line("capture_interval_min", "camera", tell("How often")),
                line("captures_only_when_lit", "sun", tell("When")),
                way("quiet", "zzz", tell("Quiet hours"), _hours_words(garden, "quiet", tell)),
            ),
        ),
        SettingGroup(
            title=tell("Connections"),
            lines=(
                way("wifi", "wifi", tell("Wi-Fi"), tell.row_text(network, "message") if network else ""),
                way("phones", "device-mobile", tell("Connect a phone")),
                line("home_assistant_enabled", "home", tell("Home Assistant")),
            ),
        ),
        SettingGroup(
            title=tell("Device"),
            lines=(
                way("diagnostics", "stethoscope", tell("How the device is"), overall(garden, tell)),
                way("backup", "device-usb", tell("Back up to a USB stick")),
                way("wizard", "refresh", tell("Set up again")),
                way("software", "package", tell("Software"), _software(garden, tell, version)),
                way("restart", "rotate-clockwise", tell("Restart")),
                way("shut_down", "power", tell("Shut down")),
                way("reset", "eraser", tell("Reset to how it came")),
            ),
        ),
    ]


def _software(garden: ScreenQueries, tell: ScreenFormatter, version: str) -> str:
    row = garden.software() or {}
    if row.get("state") == "available":
        return tell("{version} is ready", version=row.get("available_version"))
    return str(row.get("version") or version)


def overall(garden: ScreenQueries, tell: ScreenFormatter) -> str:
    """Say how the whole device is in a few words."""
    states = [row["state"] for row in garden.live.table("health")]
    trouble = sum(1 for state in states if state in {"warn", "bad"})
    if not states:
        return ""
    return tell.plural("{n} thing to look at", "{n} things to look at", trouble) if trouble else tell("All is well")


def part_lines(garden: ScreenQueries, now: datetime, tell: ScreenFormatter) -> list[PartLine]:
    """Return how each part is, the worst first."""
    levels = {"bad": "act", "warn": "watch", "ok": "ok"}
    order = ["act", "watch", "ok", "none"]
    lines = []
    for row in garden.live.table("health"):
        since = parse_timestamp(row.get("since_at"))
        level = levels.get(row["state"], "none")
        lines.append(
            PartLine(
                part=row["part"],
                name=tell.message(part_name(str(row["part"]))),
                level=level,
                message=tell.row_text(row, "message", now),
                advice=tell.row_text(row, "advice", now),
                since=tell("since {when}", when=tell.moment(since, now)) if since and level in {"act", "watch"} else "",
            )
        )
    return sorted(
        lines,
        key=lambda line: (
            order.index(line.level),
            list(PARTS).index(line.part) if line.part in PARTS else 99,
        ),
    )
