"""The bounds a metric should stay within, and sensible ones to begin with."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.measurement import METRICS

MAX_RULES = 40
MAX_CONSECUTIVE = 100
MAX_COOLDOWN_H = 24.0 * 30
MAX_DROP = 99.0
CIRCULAR = frozenset({"hue_deg"})
"""Metrics that are angles: 359 degrees lie beside 1."""
SIGNED = frozenset({"hue_deg", "growth_rate_percent", "droop_deg", "excess_green"})
"""Metrics whose zero is no floor, so a fall in percent means nothing."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One metric with its bounds, in the metric's unit."""

    metric: str
    lower: float | None = None
    upper: float | None = None
    drop_percent: float | None = None
    """How far it may fall below what is usual for this very plant, in percent; None: not watched."""
    consecutive: int = 2
    """So many pictures in a row must lie outside before anything is said."""
    hysteresis: float = 0.0
    """How far back inside the bound the metric must come before the matter counts as over; the metric's unit."""
    cooldown_h: float = 24.0
    """Hours that must pass between two notifications of the same bound."""

    @property
    def bounds(self) -> tuple[tuple[str, float], ...]:
        """(`lower` or `upper`, threshold) for each fixed bound that is set; a drop's threshold is the plant's own."""
        both = (("lower", self.lower), ("upper", self.upper))
        return tuple((bound, value) for bound, value in both if value is not None)

    @property
    def watched(self) -> tuple[str, ...]:
        """The names of all bounds that are watched: `lower`, `upper`, `drop`."""
        return (*(bound for bound, _ in self.bounds), *(("drop",) if self.drop_percent is not None else ()))


DEFAULT_RULES: dict[str, Rule] = {
    rule.metric: rule
    for rule in (
        Rule(metric="turgor_index", lower=0.60, consecutive=2, hysteresis=0.08, cooldown_h=24),
        # Healthy leaves of different kinds lie between 0.15 and 0.8 of this index, so the plant is its own measure.
        Rule(metric="chlorophyll_index", lower=0.12, drop_percent=25, consecutive=3, hysteresis=0.02, cooldown_h=72),
        # Foliage lies between yellow-green and blue-green; towards yellow is hunger or age, far beyond is a lamp.
        Rule(metric="hue_deg", lower=55.0, upper=175.0, consecutive=3, hysteresis=4.0, cooldown_h=72),
        Rule(metric="hue_sd_deg", upper=32.0, consecutive=3, hysteresis=3.0, cooldown_h=72),
        Rule(metric="yellow_percent", upper=12.0, consecutive=3, hysteresis=3.0, cooldown_h=72),
        Rule(metric="lesion_percent", upper=5.0, consecutive=3, hysteresis=1.5, cooldown_h=72),
        Rule(metric="health_score", lower=50.0, consecutive=3, hysteresis=8.0, cooldown_h=72),
        Rule(metric="growth_rate_percent", lower=-3.0, consecutive=4, hysteresis=2.0, cooldown_h=168),
    )
}
"""Where a plan starts. The turgor index is made so that 0.60 is some twelve hours before a plant looks wilted."""

_RANGES: dict[str, tuple[float, float]] = {
    "chlorophyll_index": (0.0, 1.0),
    "turgor_index": (0.0, 1.0),
    "excess_green": (-1.0, 2.0),
    "hue_deg": (0.0, 360.0),
    "hue_sd_deg": (0.0, 180.0),
    "droop_deg": (-90.0, 180.0),
    "growth_rate_percent": (-100.0, 1000.0),
    "health_score": (0.0, 100.0),
    "area_percent": (0.0, 100.0),
    "bloom_percent": (0.0, 100.0),
    "lesion_percent": (0.0, 100.0),
    "yellow_percent": (0.0, 100.0),
}
"""Thresholds outside these can never be crossed; every other metric is 0 or more."""


def parse_rules(value: object) -> tuple[Rule, ...]:
    """Return the rules in a JSON list of objects; a field left out takes the metric's default.

    Raises RefusedError naming field, value and rule.
    """
    if not isinstance(value, list | tuple):
        raise RefusedError(f"rules must be a list of objects, not {_shown(value)}", field="rules")
    if len(value) > MAX_RULES:
        raise RefusedError(f"rules: {len(value)} rules are too many; at most {MAX_RULES}", field="rules")
    rules = tuple(_parse_rule(f"rules[{place}]", one) for place, one in enumerate(value))
    seen: set[str] = set()
    for place, rule in enumerate(rules):
        if rule.metric in seen:
            raise RefusedError(
                f'rules[{place}].metric: "{rule.metric}" has a rule already; put both bounds into one', field="rules"
            )
        seen.add(rule.metric)
    return rules


def _parse_rule(where: str, value: object) -> Rule:
    if isinstance(value, Rule):
        value = msgspec.to_builtins(value)
    if not isinstance(value, dict):
        raise RefusedError(f'{where} must be an object with "metric" and a bound, not {_shown(value)}', field="rules")
    metric = value.get("metric")
    if metric not in METRICS:
        raise RefusedError(f"{where}.metric: {_shown(metric)} is not one of {', '.join(METRICS)}", field="rules")
    start = DEFAULT_RULES.get(str(metric), Rule(metric=str(metric)))
    defaults = {"consecutive": start.consecutive, "hysteresis": start.hysteresis, "cooldown_h": start.cooldown_h}
    try:
        rule = msgspec.convert(defaults | value, Rule)
    except msgspec.ValidationError as fault:
        raise RefusedError(f"{where}: {fault}", field="rules") from None
    _check_bounds(where, rule)
    if "hysteresis" not in value:
        rule = msgspec.structs.replace(rule, hysteresis=min(rule.hysteresis, _range_inside(rule)))
    _check_timing(where, rule)
    return rule


def _check_bounds(where: str, rule: Rule) -> None:
    if not rule.bounds and rule.drop_percent is None:
        raise RefusedError(f"{where}: give lower, upper, both, or drop_percent", field="rules")
    if rule.drop_percent is not None:
        if rule.metric in SIGNED:
            raise RefusedError(f"{where}.drop_percent: {rule.metric} has no fall in percent; give lower", field="rules")
        if not 1 <= rule.drop_percent <= MAX_DROP:
            raise RefusedError(
                f"{where}.drop_percent: {rule.drop_percent:g} must be 1 to {MAX_DROP:g} percent", field="rules"
            )
    low, high = _RANGES.get(rule.metric, (0.0, 1e9))
    for bound, threshold in rule.bounds:
        if not (math.isfinite(threshold) and low <= threshold <= high):
            raise RefusedError(
                f"{where}.{bound}: {threshold:g} is outside what {rule.metric} can be, {low:g} to {high:g}",
                field="rules",
            )
    if rule.lower is not None and rule.upper is not None and rule.lower >= rule.upper:
        raise RefusedError(f"{where}.lower: {rule.lower:g} must be below upper, {rule.upper:g}", field="rules")


def _range_inside(rule: Rule) -> float:
    """How far inside a metric can come at most before it meets the other bound or the end of its range."""
    low, high = _RANGES.get(rule.metric, (0.0, 1e9))
    bottom = low if rule.lower is None else rule.lower
    top = high if rule.upper is None else rule.upper
    return top - bottom


def _check_timing(where: str, rule: Rule) -> None:
    if not 1 <= rule.consecutive <= MAX_CONSECUTIVE:
        raise RefusedError(
            f"{where}.consecutive: {rule.consecutive} must be 1 to {MAX_CONSECUTIVE} pictures", field="rules"
        )
    if not (math.isfinite(rule.hysteresis) and 0 <= rule.hysteresis <= _range_inside(rule)):
        raise RefusedError(
            f"{where}.hysteresis: {rule.hysteresis:g} must be 0 to {_range_inside(rule):g}, "
            "or the alert could never end",
            field="rules",
        )
    if not (math.isfinite(rule.cooldown_h) and 0 <= rule.cooldown_h <= MAX_COOLDOWN_H):
        raise RefusedError(
            f"{where}.cooldown_h: {rule.cooldown_h:g} must be 0 to {MAX_COOLDOWN_H:g} hours", field="rules"
        )


def _shown(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=repr).decode()
