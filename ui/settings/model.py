"""View model of the settings and diagnostics screens. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from sproutcast_pi.messages.areas.parts import PARTS, part_name
from sproutcast_pi.messages.formatter import Formatter, parse_timestamp
from sproutcast_pi.messages.translations import languages
from ui.home.state import ICONS
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
"""Common time zones; any other can be set on the phone page."""


class SettingLine(msgspec.Struct, frozen=True, kw_only=True):
    """One setting: label and current value."""

    key: str
    icon: str
    name: str
    value: str = ""


class SettingGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A titled group of settings."""

    title: str
    lines: tuple[SettingLine, ...]


class PartLine(msgspec.Struct, frozen=True, kw_only=True):
    """Health of one part of the appliance."""

    part: str
    name: str
    level: str
    message: str
    advice: str
    since: str

    @property
    def icon(self) -> str:
        """Icon name of the state."""
        return ICONS.get(self.level, ICONS["none"])


def choices(key: str, tr: Formatter) -> list[tuple[Any, str]]:
    """Return a setting's choices as (value, label)."""
    minutes = [(60, tr("1 minute")), (300, tr("5 minutes")), (900, tr("15 minutes")), (3600, tr("1 hour"))]
    offered: dict[str, list[tuple[Any, str]]] = {
        "language": [(code, LANGUAGE_NAMES.get(code, code)) for code in languages()],
        "units": [("metric", "cm, °C"), ("imperial", "inch, °F")],
        "hour_format": [("24", "14:05"), ("12", "2:05 pm")],
        "time_zone": [(zone, zone.replace("_", " ")) for zone in ZONES],
        "theme": [("dark", tr("Dark")), ("light", tr("Light")), ("auto", tr("Light by day, dark by night"))],
        "text_size": [(1.0, tr("Normal")), (LARGE, tr("Large"))],
        "screen_off_after_s": [*minutes, (0, tr("Never"))],
        "screen_brightness": [(share / 100, tr.percent(share)) for share in (10, 25, 50, 75, 100)],
        "capture_interval_min": [
            (15, tr("Every 15 minutes")),
            (30, tr("Every 30 minutes")),
            (60, tr("Every hour")),
            (240, tr("Every 4 hours")),
        ],
        "captures_only_when_lit": [(True, tr("Only while the light is on")), (False, tr("Day and night"))],
        "home_assistant_enabled": [(True, tr("On")), (False, tr("Off"))],
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
"""Daily time spans: their two settings, and the default minutes."""


def hours(queries: ScreenQueries, key: str) -> tuple[int, int] | None:
    """Return a daily time span in minutes; None if unset."""
    first, until, _ = HOURS[key]
    found = [clock_time(queries.setting(name)) for name in (first, until)]
    minutes = [at.hour * 60 + at.minute for at in found if at]
    return (minutes[0], minutes[1]) if len(minutes) == len(found) else None


def _hours_words(queries: ScreenQueries, key: str, tr: Formatter) -> str:
    span = hours(queries, key)
    if span is None:
        return tr("Never")
    first, until = (tr.clock(minute // 60, minute % 60) for minute in span)
    return tr("{first} to {until}", first=first, until=until)


def chosen(queries: ScreenQueries, key: str, tr: Formatter) -> Any:
    """Return a setting's current value."""
    return queries.setting(
        key, {"language": tr.preferences.language, "time_zone": tr.preferences.time_zone, **DEFAULTS}.get(key)
    )


class _Lines:
    """Factory of the settings screen's lines."""

    def __init__(self, queries: ScreenQueries, tr: Formatter) -> None:
        self.queries, self.tr = queries, tr

    def choice(self, key: str, icon: str, name: str) -> SettingLine:
        """Line of a setting with its current value."""
        now = chosen(self.queries, key, self.tr)
        known = (word for value, word in choices(key, self.tr) if value == now)
        return SettingLine(key=key, icon=icon, name=name, value=next(known, str(now) if now is not None else ""))

    def page(self, key: str, icon: str, name: str, value: str = "") -> SettingLine:
        """Line that opens a page or an action."""
        return SettingLine(key=key, icon=icon, name=name, value=value)


def groups(queries: ScreenQueries, tr: Formatter, *, dimmable: bool, version: str) -> list[SettingGroup]:
    """Return all groups of the settings screen."""
    lines = _Lines(queries, tr)
    return [
        SettingGroup(title=tr("Screen"), lines=_screen_lines(lines, dimmable=dimmable)),
        SettingGroup(
            title=tr("Habits"),
            lines=(
                lines.choice("units", "ruler-2", tr("Units")),
                lines.choice("hour_format", "clock", tr("Time of day")),
                lines.choice("time_zone", "map-pin", tr("Time zone")),
            ),
        ),
        SettingGroup(
            title=tr("Photographs"),
            lines=(
                lines.choice("capture_interval_min", "camera", tr("How often")),
                lines.choice("captures_only_when_lit", "sun", tr("When")),
                lines.page("quiet", "zzz", tr("Quiet hours"), _hours_words(queries, "quiet", tr)),
            ),
        ),
        SettingGroup(title=tr("Connections"), lines=_connection_lines(lines)),
        SettingGroup(title=tr("Device"), lines=_device_lines(lines, version)),
    ]


def _screen_lines(lines: _Lines, *, dimmable: bool) -> tuple[SettingLine, ...]:
    tr = lines.tr
    return (
        lines.choice("language", "language", tr("Language")),
        lines.choice("theme", "palette", tr("Colours")),
        lines.choice("text_size", "letter-case", tr("Text size")),
        *((lines.choice("screen_brightness", "brightness-up", tr("Brightness")),) if dimmable else ()),
        lines.choice("screen_off_after_s", "photo", tr("Photo frame")),
        lines.page("night", "moon-stars", tr("Dark at night"), _hours_words(lines.queries, "night", tr)),
    )


def _connection_lines(lines: _Lines) -> tuple[SettingLine, ...]:
    tr, network = lines.tr, lines.queries.health("network")
    return (
        lines.page("wifi", "wifi", tr("Wi-Fi"), tr.row_text(network, "message") if network else ""),
        lines.page("phones", "device-mobile", tr("Connect a phone")),
        lines.choice("home_assistant_enabled", "home", tr("Home Assistant")),
    )


def _device_lines(lines: _Lines, version: str) -> tuple[SettingLine, ...]:
    tr, queries = lines.tr, lines.queries
    return (
        lines.page("diagnostics", "stethoscope", tr("How the device is"), overall(queries, tr)),
        lines.page("backup", "device-usb", tr("Back up to a USB stick")),
        lines.page("wizard", "refresh", tr("Set up again")),
        lines.page("software", "package", tr("Software"), _software(queries, tr, version)),
        lines.page("restart", "rotate-clockwise", tr("Restart")),
        lines.page("shut_down", "power", tr("Shut down")),
        lines.page("reset", "eraser", tr("Reset to how it came")),
    )


def _software(queries: ScreenQueries, tr: Formatter, version: str) -> str:
    row = queries.software() or {}
    if row.get("state") == "available":
        return tr("{version} is ready", version=row.get("available_version"))
    return str(row.get("version") or version)


def overall(queries: ScreenQueries, tr: Formatter) -> str:
    """Summarise the appliance's health."""
    states = [row["state"] for row in queries.row_cache.table("health")]
    trouble = sum(1 for state in states if state in {"warn", "bad"})
    if not states:
        return ""
    return tr.plural("{n} thing to look at", "{n} things to look at", trouble) if trouble else tr("All is well")


def part_lines(queries: ScreenQueries, now: datetime, tr: Formatter) -> list[PartLine]:
    """Return the health of each part, the worst first."""
    levels = {"bad": "act", "warn": "watch", "ok": "ok"}
    order = ["act", "watch", "ok", "none"]
    lines = []
    for row in queries.row_cache.table("health"):
        since = parse_timestamp(row.get("since_at"))
        level = levels.get(row["state"], "none")
        lines.append(
            PartLine(
                part=row["part"],
                name=tr.message(part_name(str(row["part"]))),
                level=level,
                message=tr.row_text(row, "message", now),
                advice=tr.row_text(row, "advice", now),
                since=tr("since {when}", when=tr.moment(since, now)) if since and level in {"act", "watch"} else "",
            )
        )
    return sorted(
        lines,
        key=lambda line: (
            order.index(line.level),
            list(PARTS).index(line.part) if line.part in PARTS else 99,
        ),
    )
