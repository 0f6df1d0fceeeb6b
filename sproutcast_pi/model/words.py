"""Numbers in words: a metric's name, its unit, and the band a value lies in, each with a stable key to translate by."""

from __future__ import annotations

import math

import msgspec

from sproutcast_pi.model.measurement import METRICS


class MetricWords(msgspec.Struct, frozen=True):
    """How people speak about one metric."""

    name: str
    low: str
    """What a plant does whose value is too low: "Basil ..."."""
    high: str


class Band(msgspec.Struct, frozen=True):
    """One stretch of a metric's values."""

    key: str
    """Stable, for translation: `turgor.hanging`."""
    text: str
    level: str
    """`ok`, `watch`, `act` or `info`: the colour and the icon."""


def metric_words(metric: str) -> MetricWords:
    """Return the words for `metric`; one nobody has named is called by its column."""
    return _WORDS.get(metric, MetricWords(metric.replace("_", " ").capitalize(), "is low", "is high"))


def number_words(metric: str, value: float) -> str:
    """Return `value` with as many digits as it deserves, and its unit: "0.52", "14 %", "62°"."""
    unit = METRICS.get(metric, "")
    if unit == "deg":
        return f"{value:.0f}°"
    if unit in {"px", "cm2"} or metric in {"leaf_count", "bloom_count", "health_score"}:
        return f"{value:.0f} {_UNITS.get(unit, unit)}".rstrip()
    if unit:
        return f"{value:.1f} {_UNITS.get(unit, unit)}"
    return f"{value:.2f}"


def band(metric: str, value: float | None) -> Band | None:
    """Return the band `value` lies in; None for a metric without bands or a value that is missing.

    The bands say what most foliage plants show; a plant's own rules decide about alerts.
    """
    edges = _BANDS.get(metric)
    if edges is None or value is None or not math.isfinite(value):
        return None
    return next((found for top, found in edges if value < top), edges[-1][1])


_UNITS = {"cm2": "cm²", "%/d": "% a day"}

_WORDS: dict[str, MetricWords] = {
    "area_px": MetricWords("Leaf area", "has lost leaf area", "covers more than you set"),
    "area_percent": MetricWords("Leaf area", "has lost leaf area", "covers more than you set"),
    "area_cm2": MetricWords("Leaf area", "has lost leaf area", "covers more than you set"),
    "height_px": MetricWords("Height", "has become shorter", "is taller than you set"),
    "height_cm": MetricWords("Height", "has become shorter", "is taller than you set"),
    "chlorophyll_index": MetricWords("Leaf green", "is getting pale", "is greener than you set"),
    "excess_green": MetricWords("Excess green", "is getting pale", "is greener than you set"),
    "turgor_index": MetricWords("Firmness", "is losing firmness", "is firmer than you set"),
    "droop_deg": MetricWords("Leaf droop", "holds its leaves higher than you set", "lets its leaves hang"),
    "hue_deg": MetricWords("Leaf colour", "is turning yellow", "has an unusual leaf colour"),
    "hue_sd_deg": MetricWords("Colour spread", "is more even than you set", "has patchy leaves"),
    "leaf_count": MetricWords("Leaves", "has lost leaves", "has more leaves than you set"),
    "bloom_percent": MetricWords("Bloom", "has little bloom", "is in bloom"),
    "bloom_count": MetricWords("Flowers", "has few flowers", "is in bloom"),
    "lesion_percent": MetricWords("Spots", "has fewer spots than you set", "has spots on its leaves"),
    "yellow_percent": MetricWords("Yellow leaf", "has less yellow than you set", "is yellowing"),
    "health_score": MetricWords("Health", "is not well", "is better than you set"),
    "growth_rate_percent": MetricWords("Growth", "is shrinking", "grows faster than you set"),
}

_INF = math.inf
_BANDS: dict[str, tuple[tuple[float, Band], ...]] = {
    "turgor_index": (
        (0.35, Band("turgor.hanging", "hanging", "act")),
        (0.60, Band("turgor.limp", "limp", "watch")),
        (0.80, Band("turgor.firm", "firm", "ok")),
        (_INF, Band("turgor.very_firm", "very firm", "ok")),
    ),
    "chlorophyll_index": (
        (0.30, Band("chlorophyll.very_pale", "very pale", "act")),
        (0.45, Band("chlorophyll.pale", "pale", "watch")),
        (0.65, Band("chlorophyll.green", "green", "ok")),
        (_INF, Band("chlorophyll.deep_green", "deep green", "ok")),
    ),
    "hue_deg": (
        (40.0, Band("hue.brown", "browning", "act")),
        (58.0, Band("hue.yellow", "yellowing", "watch")),
        (80.0, Band("hue.light_green", "light green", "ok")),
        (165.0, Band("hue.green", "green", "ok")),
        (_INF, Band("hue.unusual", "unusual colour", "info")),
    ),
    "hue_sd_deg": (
        (12.0, Band("hue_sd.even", "even", "ok")),
        (28.0, Band("hue_sd.varied", "varied", "ok")),
        (_INF, Band("hue_sd.patchy", "patchy", "watch")),
    ),
    "yellow_percent": (
        (3.0, Band("yellow.none", "no yellow", "ok")),
        (12.0, Band("yellow.some", "a little yellow", "ok")),
        (30.0, Band("yellow.much", "yellowing", "watch")),
        (_INF, Band("yellow.most", "mostly yellow", "act")),
    ),
    "lesion_percent": (
        (1.0, Band("lesion.none", "no spots", "ok")),
        (5.0, Band("lesion.few", "a few spots", "watch")),
        (_INF, Band("lesion.many", "many spots", "act")),
    ),
    "health_score": (
        (50.0, Band("health.poor", "poor", "act")),
        (75.0, Band("health.fair", "fair", "watch")),
        (90.0, Band("health.good", "good", "ok")),
        (_INF, Band("health.excellent", "excellent", "ok")),
    ),
    "growth_rate_percent": (
        (-1.0, Band("growth.shrinking", "shrinking", "watch")),
        (0.5, Band("growth.resting", "resting", "info")),
        (5.0, Band("growth.steady", "growing", "ok")),
        (_INF, Band("growth.fast", "growing fast", "ok")),
    ),
    "bloom_percent": (
        (0.2, Band("bloom.none", "no bloom", "info")),
        (5.0, Band("bloom.opening", "some bloom", "info")),
        (_INF, Band("bloom.full", "in bloom", "info")),
    ),
}
"""(upper edge, band), rising. Health bands are those growers know (90, 75, 50); the others follow the default rules."""
