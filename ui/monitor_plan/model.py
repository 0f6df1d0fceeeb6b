"""View model of a monitor plan: presets, frequencies and limits. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from sproutcast_pi.messages.formatter import Formatter
from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS, PIPELINE_NAMES
from sproutcast_pi.protocol.row_cache import Row
from ui.i18n.metrics import name_text
from ui.queries import decode_json


def _(msgid: str) -> str:
    """Mark a text for extraction; it is translated when it is displayed."""
    return msgid


PRESETS: dict[str, tuple[str, str, str]] = {
    "flower_health": (_("Flower health"), _("Leaves, colour, flowers and spots. Right for most plants."), "flower"),
    "growth_tracking": (_("Growth"), _("All of that, and how fast it grows, leaf by leaf."), "trending-up"),
    "quick_pulse": (_("Quick check"), _("Only whether it is thirsty. The fastest."), "activity"),
}
"""Preset: name, purpose, icon."""

FREQUENCIES: dict[str, str] = {
    "every_capture": _("Each photo"),
    "daily": _("Daily"),
    "weekly": _("Weekly"),
    "off": _("Off"),
}


DROP = "drop_percent"
DROP_STEP = 5.0
LIMIT_WORDS: dict[str, str] = {
    "lower": _("{name} below"),
    "upper": _("{name} above"),
    DROP: _("{name} less than usual by"),
}
"""Label of a limit by the rule's field."""


class MetricLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One limit of one metric."""

    metric: str
    bound: str
    """lower, upper or drop_percent."""
    words: str
    value: str


class PlanPage(msgspec.Struct, frozen=True, kw_only=True):
    """Content of the monitor-plan page."""

    preset: str
    frequencies: dict[str, str]
    limits: tuple[MetricLimit, ...]


def plan_page(plan: Row | None, tr: Formatter) -> PlanPage:
    """Build the page from a plan's row."""
    pipelines = decode_json(plan["pipelines"], {}) if plan else {}
    limits = []
    for rule in rules_of(plan):
        metric = rule["metric"]
        for bound, words in LIMIT_WORDS.items():
            if metric not in METRICS or rule.get(bound) is None:
                continue
            value = tr.percent(rule[bound]) if bound == DROP else value_text(metric, rule[bound], tr)
            limits.append(
                MetricLimit(metric=metric, bound=bound, words=tr(words, name=name_text(metric, tr)), value=value)
            )
    return PlanPage(
        preset=plan["preset"] if plan else "",
        frequencies={name: pipelines.get(name, "off") for name in PIPELINE_NAMES},
        limits=tuple(limits),
    )


def rules_of(plan: Row | None) -> list[dict[str, Any]]:
    """Return the rules of a plan as they are stored."""
    found = decode_json(plan["rules"], []) if plan else []
    return [rule for rule in found if isinstance(rule, dict) and "metric" in rule]


def with_frequency(plan: Row | None, pipeline: str, frequency: str) -> dict[str, Any]:
    """Return the reducer's arguments for a changed frequency; the preset becomes "custom"."""
    pipelines = dict(decode_json(plan["pipelines"], {}) if plan else {})
    if frequency == "off":
        pipelines.pop(pipeline, None)
    else:
        pipelines[pipeline] = frequency
    return {"preset": "custom", "pipelines": pipelines, "rules": rules_of(plan)}


def with_limit(plan: Row | None, metric: str, bound: str, steps: int) -> dict[str, Any]:
    """Return the reducer's arguments for a limit moved by a number of steps."""
    rules = [dict(rule) for rule in rules_of(plan)]
    for rule in rules:
        if rule["metric"] == metric and rule.get(bound) is not None:
            step = DROP_STEP if bound == DROP else METRICS[metric].step
            rule[bound] = round(rule[bound] + steps * step, 4)
    return {"preset": "custom", "pipelines": dict(decode_json(plan["pipelines"], {}) if plan else {}), "rules": rules}
