"""Alert rules of metrics and their defaults."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.metrics.metric import AlertTiming, Metric
from sproutcast_pi.model.metrics.registry import METRICS

MAX_RULES = 40
MAX_CONSECUTIVE = 100
MAX_COOLDOWN_H = 24.0 * 30
MAX_DROP = 99.0


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Alert rule of one metric, in the metric's unit."""

    metric: str
    lower: float | None = None
    upper: float | None = None
    drop_percent: float | None = None
    """Maximum drop below the plant's baseline in percent; None: not watched."""
    consecutive: int = 2
    """Consecutive photos outside before the alert becomes active."""
    hysteresis: float = 0.0
    """Hysteresis: distance inside the bound at which the alert is resolved; the metric's unit."""
    cooldown_h: float = 24.0
    """Minimum hours between two notifications of the same bound."""

    @property
    def bounds(self) -> tuple[tuple[str, float], ...]:
        """(`lower` or `upper`, threshold) for each fixed bound that is set; a drop's threshold is the plant's own."""
        both = (("lower", self.lower), ("upper", self.upper))
        return tuple((bound, value) for bound, value in both if value is not None)

    @property
    def watched(self) -> tuple[str, ...]:
        """The names of all bounds that are watched: `lower`, `upper`, `drop`."""
        return (*(bound for bound, _ in self.bounds), *(("drop",) if self.drop_percent is not None else ()))


def _default_rule(metric: Metric, alert: AlertTiming) -> Rule:
    return Rule(
        metric=metric.key,
        lower=metric.act_below,
        upper=metric.act_above,
        drop_percent=metric.act_drop_percent,
        consecutive=alert.consecutive,
        hysteresis=alert.hysteresis,
        cooldown_h=alert.cooldown_h,
    )


DEFAULT_RULES: dict[str, Rule] = {
    metric.key: _default_rule(metric, metric.alert) for metric in METRICS.values() if metric.alert is not None
}
"""Default rules: bounds are the edges of the `act` bands, so that level and alert agree."""


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
        if METRICS[rule.metric].signed:
            raise RefusedError(f"{where}.drop_percent: {rule.metric} has no fall in percent; give lower", field="rules")
        if not 1 <= rule.drop_percent <= MAX_DROP:
            raise RefusedError(
                f"{where}.drop_percent: {rule.drop_percent:g} must be 1 to {MAX_DROP:g} percent", field="rules"
            )
    low, high = METRICS[rule.metric].low, METRICS[rule.metric].high
    for bound, threshold in rule.bounds:
        if not (math.isfinite(threshold) and low <= threshold <= high):
            raise RefusedError(
                f"{where}.{bound}: {threshold:g} is outside what {rule.metric} can be, {low:g} to {high:g}",
                field="rules",
            )
    if rule.lower is not None and rule.upper is not None and rule.lower >= rule.upper:
        raise RefusedError(f"{where}.lower: {rule.lower:g} must be below upper, {rule.upper:g}", field="rules")


def _range_inside(rule: Rule) -> float:
    """Maximum distance inside a bound before the other bound or the end of the range."""
    low, high = METRICS[rule.metric].low, METRICS[rule.metric].high
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
