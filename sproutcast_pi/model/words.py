"""Numbers in words: a metric's name, its unit, and the band a value lies in, each with a stable key to translate by."""

from __future__ import annotations

import math

import msgspec

from sproutcast_pi.messages.areas import values
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.measurement import METRICS


def _(msgid: str) -> str:
    """Mark a text for extraction; it is translated where it is rendered."""
    return msgid


class MetricWords(msgspec.Struct, frozen=True):
    """How people speak about one metric."""

    name: str
    low: str
    """What a value that is too low means for the plant: "Basil: ..."."""
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
    return _WORDS.get(metric, MetricWords(metric.replace("_", " ").capitalize(), _("Too low"), _("Too high")))


def value_message(metric: str, value: float) -> Message:
    """Return a stored value as people read it, for messages that quote it."""
    if metric in {"turgor_index", "chlorophyll_index"}:
        return values.PERCENT(value=value * 100)
    template = {
        "deg": values.DEGREES,
        "px": values.PIXELS,
        "cm": values.LENGTH,
        "cm2": values.AREA,
        "%": values.PERCENT1,
        "%/d": values.PERCENT_A_DAY,
    }.get(METRICS.get(metric, ""), values.NUMBER2 if metric == "excess_green" else values.NUMBER)
    return template(value=value)


def band(metric: str, value: float | None) -> Band | None:
    """Return the band `value` lies in; None for a metric without bands or a value that is missing.

    The bands say what most foliage plants show; a plant's own rules decide about alerts.
    """
    edges = _BANDS.get(metric)
    if edges is None or value is None or not math.isfinite(value):
        return None
    return next((found for top, found in edges if value < top), edges[-1][1])


_WORDS: dict[str, MetricWords] = {
    "area_px": MetricWords(_("Leaf area"), _("Smaller than it was"), _("Larger than its limit")),
    "area_percent": MetricWords(_("Leaf area"), _("Smaller than it was"), _("Larger than its limit")),
    "area_cm2": MetricWords(_("Leaf area"), _("Smaller than it was"), _("Larger than its limit")),
    "height_px": MetricWords(_("Height"), _("Shorter than it was"), _("Taller than its limit")),
    "height_cm": MetricWords(_("Height"), _("Shorter than it was"), _("Taller than its limit")),
    "chlorophyll_index": MetricWords(_("Leaf green"), _("Pale leaves"), _("Greener than its limit")),
    "excess_green": MetricWords(_("Green strength"), _("Pale leaves"), _("Greener than its limit")),
    "turgor_index": MetricWords(_("Firmness"), _("Thirsty"), _("Firmer than its limit")),
    "droop_deg": MetricWords(_("Hanging leaves"), _("Leaves higher than its limit"), _("Thirsty")),
    "hue_deg": MetricWords(_("Leaf colour"), _("Turning yellow"), _("Unusual colour")),
    "hue_sd_deg": MetricWords(_("Evenness"), _("More even than its limit"), _("Patchy leaves")),
    "leaf_count": MetricWords(_("Leaves"), _("Losing leaves"), _("More leaves than its limit")),
    "bloom_percent": MetricWords(_("In bloom"), _("Few flowers"), _("Flowering")),
    "bloom_count": MetricWords(_("Flowers"), _("Few flowers"), _("Flowering")),
    "lesion_percent": MetricWords(_("Spots"), _("Fewer spots than its limit"), _("Spots on the leaves")),
    "yellow_percent": MetricWords(_("Yellow leaves"), _("Less yellow than its limit"), _("Turning yellow")),
    "health_score": MetricWords(_("Health"), _("Not doing well"), _("Better than its limit")),
    "growth_rate_percent": MetricWords(_("Growth"), _("Not growing"), _("Growing faster than its limit")),
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
