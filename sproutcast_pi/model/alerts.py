"""State machine of a plan's rules: counts photographs outside a bound, notifies once, resolves on measured recovery."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from sproutcast_pi.messages.areas import alerts
from sproutcast_pi.messages.message import Message, Value
from sproutcast_pi.model.advice import CareFact, advise
from sproutcast_pi.model.metrics.metric import Side
from sproutcast_pi.model.metrics.reading import value_message
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.model.rules import Rule
from sproutcast_pi.model.timestamps import to_text


class AlertState(msgspec.Struct, frozen=True, kw_only=True):
    """State of one bound of one rule; stored, so that counts and cooldowns survive a restart."""

    metric: str
    bound: str
    """`lower`, `upper` or `drop`."""
    threshold: float
    active: bool = False
    streak: int = 0
    """Consecutive photos outside the bound."""
    value: float | None = None
    """The newest value."""
    since_at: datetime | None = None
    """Start of the episode: the first value outside."""
    notified_at: datetime | None = None
    """Time of the last notification about this bound, in this episode or an earlier one."""
    unknown_since_at: datetime | None = None
    """Since when the requested metric could not be measured; None while it is known."""
    unknown_streak: int = 0
    """Consecutive photos in which it could not be measured."""

    @property
    def is_unknown(self) -> bool:
        """Whether the metric is unknown now."""
        return self.unknown_streak > 0


class AlertNotification(msgspec.Struct, frozen=True, kw_only=True):
    """A notification to write."""

    category: str
    """`alert` for urgent ones (thirst), `health` for the rest."""
    title: Message
    message: Message
    advice: Message
    metric: str
    bound: str
    value: float
    threshold: float


class RuleContext(msgspec.Struct, frozen=True, kw_only=True):
    """Context of a plant's rules: name, baseline, recent care, withheld metrics."""

    plant: str
    """The plant's name."""
    baseline: Mapping[str, float | None] = {}
    """The plant's baseline by metric (`baseline_level`), for rules that watch a drop."""
    care: Sequence[CareFact] = ()
    """Recent care, for the likely cause."""
    unknown: Collection[str] = ()
    """Requested metrics that could not be measured."""
    never_inside: Collection[str] = ()
    """Metrics of the plant's kind rather than its health (leaf colour) that never lay within the rule's bounds: a
    purple plant does not turn purple."""


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """Result of evaluating one photo."""

    states: tuple[AlertState, ...]
    """Replaces all earlier states of the plant."""
    notices: tuple[AlertNotification, ...] = ()
    resolved: tuple[AlertState, ...] = ()
    """Ended episodes, whose open notifications are resolved."""


def evaluate(
    rules: Sequence[Rule],
    previous: Sequence[AlertState],
    values: Mapping[str, float | None],
    now: datetime,
    context: RuleContext,
) -> Evaluation:
    """Judge one plant's `values` at `now` by its `rules`, given the states after the photograph before.

    A value that is missing, None or not finite neither counts nor resets: an episode ends only by a measured value.
    An episode begins with the first value outside, becomes active after `consecutive` of them, is notified once (not
    before the cooldown of the last notification is over) and ends when a value is back inside by `hysteresis`. States
    of rules that are gone are resolved and dropped. Within an episode the threshold of a drop is the one it began with.
    """
    before = {(state.metric, state.bound): state for state in previous}
    states: list[AlertState] = []
    notices: list[AlertNotification] = []
    resolved: list[AlertState] = []
    for rule in rules:
        value = values.get(rule.metric)
        known = value is not None and math.isfinite(value) and rule.metric not in context.never_inside
        drop = _drop_bound(rule, before.get((rule.metric, "drop")), context.baseline)
        for bound, threshold in (*rule.bounds, *drop):
            old = before.pop((rule.metric, bound), AlertState(metric=rule.metric, bound=bound, threshold=threshold))
            state = msgspec.structs.replace(old, threshold=threshold)
            if known:
                assert value is not None
                state = _advance(state, rule, float(value), now)
                if old.active and not state.active:
                    resolved.append(old)
            state = _follow_unknown(state, known=known, requested=rule.metric in context.unknown, now=now)
            if _should_notify(state, rule, now):
                state = msgspec.structs.replace(state, notified_at=now)
                advice = advise(rule.metric, _side(bound), context.care, now)
                notices.append(_notification(state, rule, context.plant, advice))
            states.append(state)
    resolved += [state for state in before.values() if state.active]
    return Evaluation(states=tuple(states), notices=tuple(notices), resolved=tuple(resolved))


def _follow_unknown(state: AlertState, *, known: bool, requested: bool, now: datetime) -> AlertState:
    """The state after a photograph in which the metric was measured, withheld, or not asked for."""
    if known:
        return msgspec.structs.replace(state, unknown_since_at=None, unknown_streak=0)
    if not requested:
        return state
    return msgspec.structs.replace(
        state, unknown_since_at=state.unknown_since_at or now, unknown_streak=state.unknown_streak + 1
    )


def _drop_bound(
    rule: Rule, old: AlertState | None, baseline: Mapping[str, float | None]
) -> tuple[tuple[str, float], ...]:
    """Threshold of a watched drop: fixed within an episode, else from the baseline; none without one."""
    if rule.drop_percent is None:
        return ()
    if old is not None and old.since_at is not None:
        return (("drop", old.threshold),)
    level = baseline.get(rule.metric)
    if level is not None:
        return (("drop", level * (1.0 - rule.drop_percent / 100.0)),)
    return () if old is None else (("drop", old.threshold),)


def distance_outside(rule: Rule, bound: str, value: float) -> float:
    """How far `value` lies beyond the fixed `bound` of `rule` (negative: inside), in the metric's unit.

    Angles are compared on the circle; outside a band of two bounds the nearer one counts as crossed.
    """
    threshold = rule.lower if bound == "lower" else rule.upper
    assert threshold is not None
    if not METRICS[rule.metric].circular:
        return threshold - value if bound == "lower" else value - threshold
    below, above = _wrap_degrees(threshold - value), _wrap_degrees(value - threshold)
    if rule.lower is None or rule.upper is None:
        return below if bound == "lower" else above
    if (value - rule.lower) % 360 <= (rule.upper - rule.lower) % 360:
        return -((value - threshold) % 360) if bound == "lower" else -((threshold - value) % 360)
    down, up = (rule.lower - value) % 360, (value - rule.upper) % 360
    if bound == "lower":
        return down if down <= up else -down
    return up if up < down else -up


def _advance(state: AlertState, rule: Rule, value: float, now: datetime) -> AlertState:
    beyond = state.threshold - value if state.bound == "drop" else distance_outside(rule, state.bound, value)
    if beyond > 0:
        streak = state.streak + 1
        return msgspec.structs.replace(
            state,
            value=value,
            streak=streak,
            since_at=state.since_at or now,
            active=state.active or streak >= rule.consecutive,
        )
    if state.active and -beyond < rule.hysteresis:
        return msgspec.structs.replace(state, value=value)
    return msgspec.structs.replace(state, value=value, streak=0, since_at=None, active=False)


def _should_notify(state: AlertState, rule: Rule, now: datetime) -> bool:
    if not state.active or state.since_at is None or state.value is None:
        return False
    if state.notified_at is None:
        return True
    notified_in_this_episode = state.since_at <= state.notified_at <= now
    cooling = timedelta(0) <= now - state.notified_at < timedelta(hours=rule.cooldown_h)
    return not notified_in_this_episode and not cooling


def _notification(state: AlertState, rule: Rule, plant: str, advice: Message) -> AlertNotification:
    assert state.value is not None
    assert state.since_at is not None
    metric = METRICS[state.metric]
    values: dict[str, Value] = {
        "metric": metric.name,
        "value": value_message(state.metric, state.value),
        "limit": value_message(state.metric, state.threshold),
        "since": to_text(state.since_at),
        "n": state.streak,
    }
    if state.bound == "drop":
        message = alerts.DROPPED(drop=rule.drop_percent or 0, **values)
    else:
        message = (alerts.BELOW if state.bound == "lower" else alerts.ABOVE)(**values)
    return AlertNotification(
        category="alert" if metric.urgent else "health",
        title=alerts.TITLE(plant=plant, condition=metric.excursion(_side(state.bound)).words),
        message=message,
        advice=advice,
        metric=state.metric,
        bound=state.bound,
        value=state.value,
        threshold=state.threshold,
    )


def _side(bound: str) -> Side:
    """Side of a bound; a drop counts as lower."""
    return "upper" if bound == "upper" else "lower"


def _wrap_degrees(degrees: float) -> float:
    """The same angle, -180 to 180."""
    return (degrees + 180.0) % 360.0 - 180.0
