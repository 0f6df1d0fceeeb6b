"""Formatter of texts, numbers, units and timestamps for a reader's language and preferences."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from string import Formatter as FieldParser
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from sproutcast_pi.messages.catalogue import TEMPLATES
from sproutcast_pi.messages.message import Message, Plural, Template, Value
from sproutcast_pi.messages.rows import row_message
from sproutcast_pi.messages.translations import translations

CM_PER_INCH = 2.54
MINUTE, HOUR, DAY = 60, 3600, 86400
NOON = 12
DECIMAL_COMMA = frozenset({"de", "fr", "es", "it", "nl", "pt", "pl"})
WHOLE_AREA_CM2 = 100
"""From here on an area is written without decimals."""


def _(msgid: str) -> str:
    """Mark a text for extraction; it is translated where it is rendered."""
    return msgid


MONTHS = (
    _("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"),
    _("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec"),
)  # fmt: skip
WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


class LocalePreferences(msgspec.Struct, frozen=True, kw_only=True):
    """A reader's language, units, clock and time zone."""

    language: str = "en"
    inches: bool = False
    fahrenheit: bool = False
    clock_24h: bool = True
    time_zone: str = "UTC"


def load_zone(name: str) -> ZoneInfo:
    """Return the zone, or UTC where its data is missing."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def parse_timestamp(stamp: str | None) -> datetime | None:
    """Parse a timestamp of the daemon into an aware datetime; None for None and for invalid text."""
    if not stamp:
        return None
    try:
        return datetime.fromisoformat(stamp).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class Formatter:
    """Formatter of texts, messages and values for one reader; one instance per set of preferences."""

    def __init__(self, preferences: LocalePreferences | None = None) -> None:
        self.preferences = preferences or LocalePreferences()
        self._translations = translations(self.preferences.language)
        self._zone = load_zone(self.preferences.time_zone)
        self._comma = "," if self.preferences.language.partition("-")[0] in DECIMAL_COMMA else "."

    def __call__(self, msgid: str, **values: object) -> str:
        """Return a text in the reader's language, with its {named} values filled in."""
        text = self._translations.gettext(msgid) if msgid else msgid
        return text.format(**values) if values else text

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """Return a text that counts something; {n} is the number."""
        return self._translations.ngettext(one, many, n).format(n=self.number(n), **values)

    def message(self, message: Message, now: datetime | None = None) -> str:
        """Return a message in the reader's language; raises KeyError for a code this version does not know.

        `now` is the reference of relative times within the message; without it they are absolute.
        """
        return self._fill(self._text_of(TEMPLATES[message.code], message.values), message.values, now)

    def message_or(self, message: Message | None, otherwise: str, now: datetime | None = None) -> str:
        """Return a message in the reader's language, or `otherwise` where it is None or from a newer version."""
        if message is None:
            return otherwise
        try:
            return self.message(message, now)
        except (KeyError, ValueError, TypeError):
            return otherwise

    def row_text(self, row: Mapping[str, Any], column: str, now: datetime | None = None) -> str:
        """Return a text column of a row in the reader's language; the stored text where the row has no message."""
        return self.message_or(row_message(row, column), str(row.get(column) or ""), now)

    def number(self, value: float, digits: int = 0, *, sign: bool = False) -> str:
        """Format a number by locale, with a minus sign (U+2212)."""
        text = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
        if float(text) == 0:
            text = f"{0:.{digits}f}"
        return text.replace("-", "\N{MINUS SIGN}").replace(".", self._comma)

    def percent(self, value: float, digits: int = 0, *, sign: bool = False) -> str:
        """Write a percentage."""
        return f"{self.number(value, digits, sign=sign)}\N{NO-BREAK SPACE}%"

    def length(self, cm: float) -> str:
        """Write a length given in centimetres."""
        if self.preferences.inches:
            return f"{self.number(cm / CM_PER_INCH, 1)}\N{NO-BREAK SPACE}in"
        return f"{self.number(cm, 1)}\N{NO-BREAK SPACE}cm"

    def area(self, cm2: float) -> str:
        """Write an area given in square centimetres."""
        if self.preferences.inches:
            return f"{self.number(cm2 / CM_PER_INCH**2, 1)}\N{NO-BREAK SPACE}sq\N{NO-BREAK SPACE}in"
        digits = 0 if cm2 >= WHOLE_AREA_CM2 else 1
        return f"{self.number(cm2, digits)}\N{NO-BREAK SPACE}cm\N{SUPERSCRIPT TWO}"

    def temperature(self, celsius: float) -> str:
        """Write a temperature given in degrees Celsius."""
        if self.preferences.fahrenheit:
            return f"{self.number(celsius * 9 / 5 + 32)}\N{NO-BREAK SPACE}°F"
        return f"{self.number(celsius)}\N{NO-BREAK SPACE}°C"

    def size(self, count: float) -> str:
        """Write a number of bytes."""
        mb = count / 1e6
        if mb < 1000:  # noqa: PLR2004 - a gigabyte
            return f"{self.number(mb)}\N{NO-BREAK SPACE}MB"
        return f"{self.number(mb / 1000, 1)}\N{NO-BREAK SPACE}GB"

    def local(self, moment: datetime) -> datetime:
        """Convert a time to the reader's time zone."""
        return moment.astimezone(self._zone)

    def time(self, moment: datetime) -> str:
        """Write the time of day."""
        at = self.local(moment)
        return self.clock(at.hour, at.minute)

    def clock(self, hour: int, minute: int) -> str:
        """Write an hour and a minute."""
        if self.preferences.clock_24h:
            return f"{hour:02}:{minute:02}"
        return f"{(hour + NOON - 1) % NOON + 1}:{minute:02}\N{NO-BREAK SPACE}{'am' if hour < NOON else 'pm'}"

    def month(self, number: int) -> str:
        """Return a month's short name."""
        return self(MONTHS[number - 1])

    def weekday(self, day: date) -> str:
        """Return a day's short name."""
        return self(WEEKDAYS[day.weekday()])

    def day(self, day: date) -> str:
        """Write a day without its year: "22 Nov", "22. Nov", "Nov 22"."""
        return self("{month} {day}", day=day.day, month=self.month(day.month))

    def moment(self, moment: datetime, now: datetime) -> str:
        """Format a time relative to now: the time today, "yesterday 14:05", else weekday or day."""
        at, today = self.local(moment), self.local(now).date()
        time = self.clock(at.hour, at.minute)
        if at.date() == today:
            return time
        if at.date() == today - timedelta(days=1):
            return self("yesterday {time}", time=time)
        if at.date() == today + timedelta(days=1):
            return self("tomorrow {time}", time=time)
        if timedelta(0) < today - at.date() < timedelta(days=7):
            return f"{self.weekday(at.date())} {time}"
        return self.day(at.date())

    def day_and_time(self, moment: datetime) -> str:
        """Format a time in full: "22 Nov, 14:05"."""
        at = self.local(moment)
        return f"{self.day(at.date())}, {self.clock(at.hour, at.minute)}"

    def ago(self, moment: datetime, now: datetime) -> str:
        """Format the time elapsed since something."""
        seconds = (now - moment).total_seconds()
        if seconds < MINUTE:
            return self("just now")
        if seconds < HOUR:
            return self("{n} min ago", n=int(seconds // MINUTE))
        if seconds < DAY:
            return self("{n} h ago", n=int(seconds // HOUR))
        return self.plural("{n} day ago", "{n} days ago", int(seconds // DAY))

    def span(self, seconds: float) -> str:
        """Format a duration, roughly: "25 min", "3 h 10 min", "2 days"."""
        minutes = max(0, round(seconds / MINUTE))
        if minutes < MINUTE:
            return self("{n} min", n=minutes)
        if seconds < 2 * DAY:
            hours, rest = divmod(minutes, 60)
            return self("{h} h {m} min", h=hours, m=rest) if rest else self("{h} h", h=hours)
        return self.plural("{n} day", "{n} days", int(seconds // DAY))

    def _text_of(self, template: Template, values: Mapping[str, Value]) -> str:
        if isinstance(template, Plural):
            return self._translations.ngettext(template.text, template.many, int(values[template.count]))  # type: ignore[arg-type]  # a count is a number
        return self._translations.gettext(template.text)

    def _fill(self, text: str, values: Mapping[str, Value], now: datetime | None) -> str:
        parts = []
        for literal, name, spec, _conversion in FieldParser().parse(text):
            parts.append(literal)
            if name:
                parts.append(self._value(values[name], spec or "", now))
        return "".join(parts)

    def _value(self, value: Value, spec: str, now: datetime | None) -> str:
        if isinstance(value, Message):
            return self.message(value, now)
        if isinstance(value, list):
            return (" " if spec == "sentences" else ", ").join(self._value(part, "", now) for part in value)
        if spec:
            return FIELD_FORMATS[spec](self, value, now)
        return value if isinstance(value, str) else self.number(value, 0 if float(value).is_integer() else 2)


FieldFormat = Callable[[Formatter, str | int | float, datetime | None], str]


def _numeric(write: Callable[[Formatter, float], str]) -> FieldFormat:
    return lambda formatter, value, _now: write(formatter, float(value))


def _timestamped(write: Callable[[Formatter, datetime, datetime | None], str]) -> FieldFormat:
    def write_text(formatter: Formatter, value: str | float, now: datetime | None) -> str:
        moment = parse_timestamp(str(value))
        return str(value) if moment is None else write(formatter, moment, now)

    return write_text


def _wall_clock(formatter: Formatter, value: str | float, _now: datetime | None) -> str:
    hours = re.fullmatch(r"(\d\d):(\d\d)", str(value))
    return formatter.clock(int(hours[1]), int(hours[2])) if hours else str(value)


FIELD_FORMATS: Mapping[str, FieldFormat] = {
    "number0": _numeric(lambda f, value: f.number(value)),
    "number1": _numeric(lambda f, value: f.number(value, 1)),
    "number2": _numeric(lambda f, value: f.number(value, 2)),
    "percent0": _numeric(lambda f, value: f.percent(value)),
    "percent1": _numeric(lambda f, value: f.percent(value, 1)),
    "signed_percent1": _numeric(lambda f, value: f.percent(value, 1, sign=True)),
    "length": _numeric(lambda f, value: f.length(value)),
    "area": _numeric(lambda f, value: f.area(value)),
    "temperature": _numeric(lambda f, value: f.temperature(value)),
    "size": _numeric(lambda f, value: f.size(value)),
    "duration": _numeric(lambda f, value: f.span(value)),
    "time": _timestamped(lambda f, at, now: f.day_and_time(at) if now is None else f.moment(at, now)),
    "date_time": _timestamped(lambda f, at, _now: f.day_and_time(at)),
    "ago": _timestamped(lambda f, at, now: f.day_and_time(at) if now is None else f.ago(at, now)),
    "clock": _wall_clock,
    "translated": lambda f, value, _now: f(str(value)),
    "sentences": lambda _f, value, _now: str(value),
}
"""How a template's field is written, by the name after its colon.

`number0`, `number1`, `number2`: digits after the point. `percent0`, `percent1`, `signed_percent1`: a value in percent.
`length` (cm), `area` (cm2), `temperature` (°C), `size` (bytes), `duration` (s) follow the reader's units. `time`,
`date_time`, `ago`: a moment, ISO 8601. `clock`: a wall time, "06:00". `translated`: an English text marked with `_()`
elsewhere, such as a metric's name. Without a name, text is shown as it is and a number with the digits it needs.
"""

ENGLISH = Formatter()


def english(message: Message | str) -> str:
    """Return a message in English, for logs, exceptions and the text columns; a text stays as it is."""
    return message if isinstance(message, str) else ENGLISH.message(message)
