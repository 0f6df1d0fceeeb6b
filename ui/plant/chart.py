"""Layout of a metric's line chart in shares of the plot area. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from sproutcast_pi.messages.formatter import Formatter, parse_timestamp
from sproutcast_pi.model.metrics.metric import Metric
from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.protocol.row_cache import Row
from ui.i18n.metrics import headline_text, word_text

SPANS: dict[str, timedelta] = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
GAP = 0.12
"""Gaps longer than this share of the span break the line."""
TICKS = 4
MAX_POINTS = 400
"""Points drawn at most; more could not be distinguished."""

Point = tuple[float, float]


class Tick(msgspec.Struct, frozen=True):
    """A position on an axis (0 to 1) and its label."""

    at: float
    text: str


class Mark(msgspec.Struct, frozen=True):
    """A care event on the time axis."""

    at: float
    kind: str


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A laid-out line chart; (0, 0) is the earliest time at the lowest value."""

    lines: tuple[tuple[Point, ...], ...] = ()
    x: tuple[Tick, ...] = ()
    y: tuple[Tick, ...] = ()
    marks: tuple[Mark, ...] = ()
    limit: float | None = None
    """Position of the alert limit, if within the plot."""
    values: tuple[tuple[float, float, str, str], ...] = ()
    """(x, y, value, time) of every point, for the tooltip."""


def nice_ticks(low: float, high: float, count: int = TICKS) -> list[float]:
    """Return about `count` round numbers that enclose low to high."""
    span = high - low
    rough = span / max(1, count - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def chart(
    results: Iterable[Row],
    metric: str,
    span: str,
    now: datetime,
    tr: Formatter,
    *,
    care: Iterable[Row] = (),
    limit: float | None = None,
) -> Chart:
    """Lay out one metric over a span up to now."""
    start = now - SPANS[span]
    known = [(parse_timestamp(row["at"]), row.get(metric)) for row in results]
    points = sorted((at, float(value)) for at, value in known if at and value is not None and start <= at <= now)
    points = _thinned(points)
    marks = tuple(
        Mark(_share(at, start, now), str(event["kind"]))
        for event in care
        if (at := parse_timestamp(event["at"])) and start <= at <= now
    )
    x_ticks = tuple(_time_ticks(start, now, span, tr))
    if not points:
        return Chart(x=x_ticks, marks=marks)
    scale = METRICS[metric].scale
    low, high = _value_range([value * scale for _, value in points], 1.0 if scale > 1 else 0.1)
    ticks = _possible_ticks(METRICS[metric], low, high)
    bottom, top = ticks[0], ticks[-1]

    def place(at: datetime, value: float) -> Point:
        return (_share(at, start, now), (value * scale - bottom) / (top - bottom))

    shown = [place(at, value) for at, value in points]
    limit_share = (limit * scale - bottom) / (top - bottom) if limit is not None else None
    return Chart(
        lines=_broken(shown),
        x=x_ticks,
        y=tuple(
            Tick((tick - bottom) / (top - bottom), text)
            for tick, text in zip(ticks, _tick_texts(metric, [tick / scale for tick in ticks], tr), strict=True)
        ),
        marks=marks,
        limit=limit_share if limit_share is not None and 0 <= limit_share <= 1 else None,
        values=tuple(
            (x, y, headline_text({metric: value}, metric, tr), tr.moment(at, now))
            for (x, y), (at, value) in zip(shown, points, strict=True)
        ),
    )


def _value_range(values: list[float], least: float) -> tuple[float, float]:
    """Return the range of values, at least 8 % of the highest and `least` wide."""
    low, high = min(values), max(values)
    least = max(abs(high) * 0.08, least)
    if high - low < least:
        middle = (low + high) / 2
        return middle - least / 2, middle + least / 2
    return low, high


def _possible_ticks(metric: Metric, low: float, high: float) -> list[float]:
    """Return ticks that enclose low to high within the metric's range: no health of 105."""
    least, most = metric.low * metric.scale, metric.high * metric.scale
    span = high - low
    if high > most:
        low, high = max(least, most - span), most
    elif low < least:
        low, high = least, min(most, least + span)
    ticks = nice_ticks(low, high)
    possible = [tick for tick in ticks if least <= tick <= most]
    return possible if len(possible) > 1 and possible[0] <= low and possible[-1] >= high else ticks


def _tick_texts(metric: str, values: Sequence[float], tr: Formatter) -> list[str]:
    """Return the labels of stored values on the axis: numbers, or a word at its lower edge."""
    if not METRICS[metric].shown_as_word:
        return [value_text(metric, value, tr).replace(_day_suffix(tr), "") for value in values]
    words = [word_text({metric: value}, metric, tr) for value in values]
    return [word if place == 0 or word != words[place - 1] else "" for place, word in enumerate(words)]


def _day_suffix(tr: Formatter) -> str:
    """Return the suffix of growth rates, which an axis omits."""
    return tr("{percent} a day", percent="")


def _thinned(points: Sequence[tuple[datetime, float]]) -> list[tuple[datetime, float]]:
    """Keep every n-th point, and always the newest."""
    every = -(-len(points) // MAX_POINTS)
    return [p for i, p in enumerate(points) if (len(points) - 1 - i) % max(1, every) == 0]


def _share(at: datetime, start: datetime, end: datetime) -> float:
    return (at - start) / (end - start)


def _broken(points: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """Split the curve at gaps."""
    lines: list[list[Point]] = [[]]
    for point in points:
        if lines[-1] and point[0] - lines[-1][-1][0] > GAP:
            lines.append([])
        lines[-1].append(point)
    return tuple(tuple(line) for line in lines if line)


def _time_ticks(start: datetime, end: datetime, span: str, tr: Formatter) -> Iterable[Tick]:
    """Return ticks at local midnights and round hours: hours for a day, weekdays for a week, days for a month."""
    local = tr.local(start).replace(minute=0, second=0, microsecond=0)
    if span == "day":
        at = local + timedelta(hours=6 - local.hour % 6)
        while at < end:
            yield Tick(_share(at, start, end), tr.clock(at.hour, 0))
            at += timedelta(hours=6)
        return
    at = local.replace(hour=0) + timedelta(days=1)
    while at < end:
        if span == "week":
            yield Tick(_share(at + timedelta(hours=12), start, end), tr.weekday(at.date()))
            at += timedelta(days=1)
        else:
            yield Tick(_share(at, start, end), tr.day(at.date()))
            at += timedelta(days=7)
