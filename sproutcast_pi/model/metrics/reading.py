"""Readings of stored values: band, formatted number, position on the gauge."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import msgspec

from sproutcast_pi.messages.areas import values
from sproutcast_pi.messages.formatter import ENGLISH, Formatter
from sproutcast_pi.messages.message import Message, Template
from sproutcast_pi.model.metrics.metric import SEVERITY, Band, Level, Metric, Unit
from sproutcast_pi.model.metrics.registry import METRICS, SHOWN


def band_of(metric: str, value: float | None, baseline: float | None = None) -> Band | None:
    """Return the band `value` lies in, by its fixed bands or against the plant's own `baseline` (same unit).

    A value on an edge belongs to the better side, as a rule counts only what lies beyond its bound. None for a metric
    without bands, a missing value, and a metric judged against an unknown baseline.
    """
    known = METRICS.get(metric)
    if known is None or value is None or not math.isfinite(value):
        return None
    bands, unit = known.bands, 1.0
    if known.relative_bands:
        if baseline is None or not math.isfinite(baseline) or baseline <= 0:
            return None
        bands, unit = known.relative_bands, baseline
    for band, following in pairwise(bands):
        edge = band.top * unit
        if value < edge or (value == edge and _better(band, following)):
            return band
    return bands[-1] if bands else None


def _better(band: Band, following: Band) -> bool:
    return SEVERITY[band.level] < SEVERITY[following.level]


def stored_baseline(result: Mapping[str, Any], metric: str) -> float | None:
    """Return the plant's baseline from its result's row (`baseline`, JSON by metric)."""
    text = result.get("baseline")
    if not text:
        return None
    value = msgspec.json.decode(text, type=dict[str, float | None]).get(metric)
    return None if value is None else float(value)


def result_band(result: Mapping[str, Any], metric: str) -> Band | None:
    """Return the band of a metric of a row of `analysis_result`."""
    return band_of(metric, result.get(metric), stored_baseline(result, metric))


def value_message(metric: str, value: float) -> Message:
    """Return the message of a stored value: "58 %", "12.4 cm²", "62°", "+1.5 % a day"."""
    known = METRICS[metric]
    return VALUE_TEMPLATES[known.unit, known.digits](value=value * known.scale)


def value_text(metric: str, value: float, formatter: Formatter = ENGLISH) -> str:
    """Return a stored value formatted in the formatter's language."""
    return formatter.message(value_message(metric, value))


def reading_text(result: Mapping[str, Any], metric: str, formatter: Formatter = ENGLISH) -> str:
    """Return a metric of a result: "58 % (limp)", "14", or the word alone.

    A missing metric is a dash.
    """
    value, band = result.get(metric), result_band(result, metric)
    if value is None:
        return "-"
    if band is None:
        return value_text(metric, value, formatter)
    word = formatter(band.word)
    return word if METRICS[metric].shown_as_word else f"{value_text(metric, value, formatter)} ({word})"


def place_in_span(metric: Metric, value: float) -> float | None:
    """Return the position of a value on the metric's gauge, 0 (left end) to 1; None without one."""
    if metric.span is None:
        return None
    low, high = metric.span
    return min(max((value - low) / (high - low), 0.0), 1.0)


def stretches(metric: Metric) -> tuple[tuple[float, Level], ...]:
    """Return the bands of the metric's gauge: right end, 0 to 1, and level; adjacent ones of one level are merged."""
    found: list[tuple[float, Level]] = []
    for band in metric.bands if metric.span is not None else ():
        end = place_in_span(metric, band.top)
        assert end is not None
        if found and found[-1][1] == band.level:
            found[-1] = (end, band.level)
        elif not found or end > found[-1][0]:
            found.append((end, band.level))
    return tuple(found)


def shown_metrics(result: Mapping[str, Any]) -> list[str]:
    """Return the displayable metrics of a row of `analysis_result`, in order."""
    has = [name for name in SHOWN if result.get(name) is not None]
    return [name for name in has if METRICS[name].replaced_by not in has]


VALUE_TEMPLATES: Mapping[tuple[Unit, int], Template] = {
    ("", 0): values.NUMBER,
    ("", 2): values.NUMBER2,
    ("%", 0): values.PERCENT,
    ("%", 1): values.PERCENT1,
    ("%/d", 1): values.PERCENT_A_DAY,
    ("deg", 0): values.DEGREES,
    ("cm", 1): values.LENGTH,
    ("cm2", 1): values.AREA,
    ("px", 0): values.PIXELS,
}
"""Template of a number by unit and digits after the point."""
