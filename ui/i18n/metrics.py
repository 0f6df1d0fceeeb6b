"""Every number a plant has, in a grower's words: its name, its band, and what the band means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from sproutcast_pi.messages.rows import row_messages
from ui.i18n.formatter import Formatter


class Band(msgspec.Struct, frozen=True):
    """Values below `below` (and not in an earlier band) are called `word` and mean `state`."""

    below: float
    word: str
    state: str


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One number: `scale` turns the stored value into the shown one."""

    name: str
    unit: str
    scale: float = 1.0
    digits: int = 0
    bands: tuple[Band, ...] = ()
    low: str = ""
    """What it means for the plant when the value is too low, as a state in words."""
    high: str = ""


REST = float("inf")


def _(msgid: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is said."""
    return msgid


METRICS: dict[str, Metric] = {
    "health_score": Metric(
        name=_("Health"),
        unit="",
        low=_("Not doing well"),
        bands=(
            Band(50, _("Poor"), "act"),
            Band(75, _("Fair"), "watch"),
            Band(90, _("Good"), "ok"),
            Band(REST, _("Very good"), "ok"),
        ),
    ),
    "turgor_index": Metric(
        name=_("Firmness"),
        unit="%",
        scale=100,
        low=_("Thirsty"),
        bands=(Band(0.45, _("Hanging"), "act"), Band(0.6, _("A little limp"), "watch"), Band(REST, _("Firm"), "ok")),
    ),
    "chlorophyll_index": Metric(
        name=_("Leaf green"),
        unit="%",
        scale=100,
        low=_("Pale leaves"),
        bands=(
            Band(0.45, _("Pale"), "act"),
            Band(0.65, _("A little pale"), "watch"),
            Band(REST, _("Rich green"), "ok"),
        ),
    ),
    "hue_deg": Metric(
        name=_("Leaf colour"),
        unit="deg",
        low=_("Turning yellow"),
        high=_("Unusual colour"),
        bands=(
            Band(40, _("Browning"), "act"),
            Band(80, _("Yellowing"), "watch"),
            Band(160, _("Green"), "ok"),
            Band(REST, _("Unusual"), "watch"),
        ),
    ),
    "hue_sd_deg": Metric(
        name=_("Evenness"),
        unit="deg",
        high=_("Patchy leaves"),
        bands=(Band(12, _("Even"), "ok"), Band(25, _("A little patchy"), "watch"), Band(REST, _("Patchy"), "act")),
    ),
    "growth_rate_percent": Metric(
        name=_("Growth"),
        unit="%/d",
        digits=1,
        low=_("Not growing"),
        bands=(Band(-0.5, _("Shrinking"), "watch"), Band(0.5, _("Resting"), "none"), Band(REST, _("Growing"), "ok")),
    ),
    "area_cm2": Metric(name=_("Leaf area"), unit="cm2", low=_("Smaller than it was")),
    "area_percent": Metric(name=_("Leaf area"), unit="%", digits=1, low=_("Smaller than it was")),
    "area_px": Metric(name=_("Leaf area"), unit="px", low=_("Smaller than it was")),
    "height_cm": Metric(name=_("Height"), unit="cm"),
    "height_px": Metric(name=_("Height"), unit="px"),
    "leaf_count": Metric(name=_("Leaves"), unit="", low=_("Losing leaves")),
    "bloom_percent": Metric(
        name=_("In bloom"),
        unit="%",
        digits=1,
        bands=(Band(0.2, _("No flowers"), "none"), Band(REST, _("Flowering"), "ok")),
    ),
    "bloom_count": Metric(name=_("Flowers"), unit=""),
    "lesion_percent": Metric(
        name=_("Spots"),
        unit="%",
        digits=1,
        high=_("Spots on the leaves"),
        bands=(Band(1, _("Clean"), "ok"), Band(5, _("A few"), "watch"), Band(REST, _("Many"), "act")),
    ),
    "yellow_percent": Metric(
        name=_("Yellow leaves"),
        unit="%",
        digits=1,
        high=_("Turning yellow"),
        bands=(Band(3, _("None"), "ok"), Band(10, _("Some"), "watch"), Band(REST, _("Many"), "act")),
    ),
    "droop_deg": Metric(name=_("Hanging leaves"), unit="deg", high=_("Thirsty")),
    "excess_green": Metric(name=_("Green strength"), unit="", digits=2, low=_("Pale leaves")),
}
"""Bands follow the limits the monitor plans use by default, so that a band and an alert never disagree."""

SHOWN = (
    "health_score", "turgor_index", "chlorophyll_index", "growth_rate_percent", "area_cm2", "area_percent", "height_cm",
    "leaf_count", "hue_deg", "hue_sd_deg", "lesion_percent", "yellow_percent", "bloom_percent",
)  # fmt: skip
"""What the plant's page shows, in this order, as far as it was measured."""


def band(metric: str, value: float) -> Band | None:
    """Return the band a stored value lies in; None where the metric has none."""
    known = METRICS.get(metric)
    return next((b for b in known.bands if value < b.below), None) if known else None


def value_text(metric: str, value: float, tell: Formatter) -> str:
    """Write a stored value the way a person reads it, with its unit."""
    known = METRICS[metric]
    shown = value * known.scale
    if known.unit in {"cm2", "cm"}:
        return tell.area(shown) if known.unit == "cm2" else tell.length(shown)
    if known.unit == "%/d":
        return tell("{percent} a day", percent=tell.percent(shown, known.digits, sign=True))
    number = tell.number(shown, known.digits)
    return {
        "%": tell.percent(shown, known.digits),
        "deg": f"{number}°",
        "px": tell("{n} dots", n=number),
    }.get(known.unit, number)


def withheld_reasons(result: Mapping[str, Any], tell: Formatter) -> dict[str, str]:
    """Return the metrics of SHOWN that were asked for and are withheld, each with its reason."""
    texts, coded = json.loads(result.get("left_out") or "{}"), row_messages(result, "left_out")
    return {
        name: tell.message_or(coded.get(name), texts[name])
        for name in SHOWN
        if name in texts and result.get(name) is None
    }


def measured(result: Mapping[str, Any]) -> list[str]:
    """Return the metrics of SHOWN this result has; the share of the picture only where there is no true area."""
    has = [name for name in SHOWN if result.get(name) is not None]
    return [name for name in has if name != "area_percent" or "area_cm2" not in has]
