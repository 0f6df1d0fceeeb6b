"""Alert rules of metrics and their defaults."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import plans
from sproutcast_pi.messages.validation import rule_message
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
        raise RefusedError(plans.NO_RULES(value=_shown(value)), field="rules")
    if len(value) > MAX_RULES:
        raise RefusedError(plans.TOO_MANY_RULES(n=len(value), limit=MAX_RULES), field="rules")
    rules = tuple(_parse_rule(f"rules[{place}]", one) for place, one in enumerate(value))
    seen: set[str] = set()
    for place, rule in enumerate(rules):
        if rule.metric in seen:
            raise RefusedError(plans.RULE_TWICE(where=f"rules[{place}]", metric=rule.metric), field="rules")
        seen.add(rule.metric)
    return rules


def _parse_rule(where: str, value: object) -> Rule:
    if isinstance(value, Rule):
        value = msgspec.to_builtins(value)
    if not isinstance(value, dict):
        raise RefusedError(plans.NO_RULE(where=where, value=_shown(value)), field="rules")
    metric = value.get("metric")
    if metric not in METRICS:
        raise RefusedError(plans.NO_METRIC(where=where, value=_shown(metric), choices=[*METRICS]), field="rules")
    start = DEFAULT_RULES.get(str(metric), Rule(metric=str(metric)))
    defaults = {"consecutive": start.consecutive, "hysteresis": start.hysteresis, "cooldown_h": start.cooldown_h}
    try:
        rule = msgspec.convert(defaults | value, Rule)
    except msgspec.ValidationError as fault:
        raise RefusedError(plans.RULE_INVALID(where=where, rule=rule_message(fault)), field="rules") from None
    _check_bounds(where, rule)
    if "hysteresis" not in value:
        rule = msgspec.structs.replace(rule, hysteresis=min(rule.hysteresis, _range_inside(rule)))
    _check_timing(where, rule)
    return rule


def _check_bounds(where: str, rule: Rule) -> None:
    if not rule.bounds and rule.drop_percent is None:
        raise RefusedError(plans.NO_BOUND(where=where), field="rules")
    if rule.drop_percent is not None:
        if METRICS[rule.metric].signed:
            raise RefusedError(plans.NO_DROP(where=where, metric=rule.metric), field="rules")
        if not 1 <= rule.drop_percent <= MAX_DROP:
            raise RefusedError(
                plans.DROP_RANGE(where=where, value=f"{rule.drop_percent:g}", high=f"{MAX_DROP:g}"), field="rules"
            )
    low, high = METRICS[rule.metric].low, METRICS[rule.metric].high
    for bound, threshold in rule.bounds:
        if not (math.isfinite(threshold) and low <= threshold <= high):
            raise RefusedError(
                plans.BOUND_RANGE(
                    where=where,
                    bound=bound,
                    value=f"{threshold:g}",
                    metric=rule.metric,
                    low=f"{low:g}",
                    high=f"{high:g}",
                ),
                field="rules",
            )
    if rule.lower is not None and rule.upper is not None and rule.lower >= rule.upper:
        raise RefusedError(
            plans.BOUNDS_CROSSED(where=where, lower=f"{rule.lower:g}", upper=f"{rule.upper:g}"), field="rules"
        )


def _range_inside(rule: Rule) -> float:
    """Maximum distance inside a bound before the other bound or the end of the range."""
    low, high = METRICS[rule.metric].low, METRICS[rule.metric].high
    bottom = low if rule.lower is None else rule.lower
    top = high if rule.upper is None else rule.upper
    return top - bottom


def _check_timing(where: str, rule: Rule) -> None:
    if not 1 <= rule.consecutive <= MAX_CONSECUTIVE:
        raise RefusedError(
            plans.CONSECUTIVE_RANGE(where=where, value=str(rule.consecutive), high=MAX_CONSECUTIVE), field="rules"
        )
    if not (math.isfinite(rule.hysteresis) and 0 <= rule.hysteresis <= _range_inside(rule)):
        raise RefusedError(
            plans.HYSTERESIS_RANGE(where=where, value=f"{rule.hysteresis:g}", high=f"{_range_inside(rule):g}"),
            field="rules",
        )
    if not (math.isfinite(rule.cooldown_h) and 0 <= rule.cooldown_h <= MAX_COOLDOWN_H):
        raise RefusedError(
            plans.COOLDOWN_RANGE(where=where, value=f"{rule.cooldown_h:g}", high=f"{MAX_COOLDOWN_H:g}"), field="rules"
        )


def _shown(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=repr).decode()
