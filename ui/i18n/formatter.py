"""Say things in somebody's language and habits: texts, numbers, lengths, temperatures, moments."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from ui.i18n.catalogue import Catalogue, load
from ui.i18n.message_translation import load_translator

CM_PER_INCH = 2.54
MINUTE, HOUR, DAY = 60, 3600, 86400


class LocalePreferences(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody likes things told."""

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
    """Turn a moment as the daemon writes it into an aware one; None stays None, and so does nonsense."""
    if not stamp:
        return None
    try:
        return datetime.fromisoformat(stamp).astimezone(UTC)
    except ValueError:
        return None


TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
"""A moment within a sentence of the daemon's."""


class Formatter:
    """Everything that turns values into words; made once per language and habits."""

    def __init__(self, habits: LocalePreferences | None = None, catalogue: Catalogue | None = None) -> None:
        self.preferences = habits or LocalePreferences()
        self._catalogue = catalogue or load(self.preferences.language)
        self._sentences = load_translator(self.preferences.language)
        self._zone = load_zone(self.preferences.time_zone)
        self._comma = "," if self.preferences.language in {"de", "fr", "es", "it", "nl", "pt", "pl"} else "."

    def __call__(self, msgid: str, **values: object) -> str:
        """Say a text, with its {named} values filled in."""
        text = self._catalogue.text(msgid)
        return text.format(**values) if values else text

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """Say a text that counts something; {n} is the number."""
        return self._catalogue.plural(one, many, n).format(n=self.number(n), **values)

    def number(self, value: float, digits: int = 0, *, sign: bool = False) -> str:
        """Write a number the local way, with a true minus."""
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
        return f"{self.number(cm2, 0 if cm2 >= 100 else 1)}\N{NO-BREAK SPACE}cm\N{SUPERSCRIPT TWO}"  # noqa: PLR2004 - three digits suffice

    def temperature(self, celsius: float) -> str:
        """Write a temperature given in degrees Celsius."""
        if self.preferences.fahrenheit:
            return f"{self.number(celsius * 9 / 5 + 32)}\N{NO-BREAK SPACE}°F"
        return f"{self.number(celsius)}\N{NO-BREAK SPACE}°C"

    def local(self, moment: datetime) -> datetime:
        """Return the moment by the wall clock at home."""
        return moment.astimezone(self._zone)

    def time(self, moment: datetime) -> str:
        """Write the time of day."""
        at = self.local(moment)
        return self.clock(at.hour, at.minute)

    def clock(self, hour: int, minute: int) -> str:
        """Write an hour and a minute."""
        if self.preferences.clock_24h:
            return f"{hour:02}:{minute:02}"
        return f"{(hour + 11) % 12 + 1}:{minute:02}\N{NO-BREAK SPACE}{'am' if hour < 12 else 'pm'}"  # noqa: PLR2004 - noon

    def month(self, number: int) -> str:
        """Return a month's short name."""
        names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
        return self(names[number - 1])

    def weekday(self, day: date) -> str:
        """Return a day's short name."""
        return self(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()])

    def day(self, day: date) -> str:
        """Write a day without its year: "22 Nov", "22. Nov", "Nov 22"."""
        return self("{month} {day}", day=day.day, month=self.month(day.month))

    def moment(self, moment: datetime, now: datetime) -> str:
        """Write a moment as one would say it: the time today, "yesterday 14:05", else weekday or day."""
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

    def sentence(self, text: str, now: datetime | None = None) -> str:
        """Say sentences of the daemon's or the machine's, moments in them by the wall clock at home."""

        def at_home(found: re.Match[str]) -> str:
            moment = parse_timestamp(found[0])
            return found[0] if moment is None else self.moment(moment, now or moment)

        return TIMESTAMP.sub(at_home, self._sentences(text))

    def can_translate(self, text: str) -> bool:
        """Whether a text of the daemon's can be said in this language."""
        return self.preferences.language == "en" or self._sentences.can_translate(text)

    def ago(self, moment: datetime, now: datetime) -> str:
        """Write how long ago something was."""
        seconds = (now - moment).total_seconds()
        if seconds < MINUTE:
            return self("just now")
        if seconds < HOUR:
            return self("{n} min ago", n=int(seconds // MINUTE))
        if seconds < DAY:
            return self("{n} h ago", n=int(seconds // HOUR))
        return self.plural("{n} day ago", "{n} days ago", int(seconds // DAY))

    def span(self, seconds: float) -> str:
        """Write a length of time, roughly: "25 min", "3 h 10 min", "2 days"."""
        minutes = max(0, round(seconds / MINUTE))
        if minutes < MINUTE:
            return self("{n} min", n=minutes)
        if seconds < 2 * DAY:
            hours, rest = divmod(minutes, 60)
            return self("{h} h {m} min", h=hours, m=rest) if rest else self("{h} h", h=hours)
        return self.plural("{n} day", "{n} days", int(seconds // DAY))
