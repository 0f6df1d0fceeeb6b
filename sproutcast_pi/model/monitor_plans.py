"""Monitor plans: pipelines with their frequencies, and alert rules of one plant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import plans
from sproutcast_pi.model.metrics.registry import METRICS, PIPELINES
from sproutcast_pi.model.rules import DEFAULT_RULES, Rule, parse_rules

Frequency = Literal["every_capture", "daily", "weekly"]
Preset = Literal["flower_health", "growth_tracking", "quick_pulse", "custom"]

PERIODS: dict[str, timedelta] = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
EARLY_TOLERANCE = timedelta(minutes=5)
"""Tolerance of a daily pipeline: the next day's capture may be a little early."""

_PRESET_PIPELINES: dict[str, dict[str, Frequency]] = {
    "flower_health": {
        "P3b": "every_capture",
        "P3a": "every_capture",
        "P4": "every_capture",
        "P5": "every_capture",
        "lesions": "every_capture",
    },
    "growth_tracking": {
        "P3b": "every_capture",
        "P3a": "every_capture",
        "P4": "every_capture",
        "P5": "daily",
        "P6": "every_capture",
        "leaves": "every_capture",
        "lesions": "every_capture",
    },
    "quick_pulse": {"P3b": "every_capture"},
    "custom": {"P3b": "every_capture"},
}


class PlanDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """Monitor plan of one plant."""

    preset: Preset
    pipelines: dict[str, Frequency]
    rules: tuple[Rule, ...]


def make_plan(preset: str, pipelines: object = None, rules: object = None) -> PlanDefinition:
    """Return the plan of `preset`; given `pipelines` or `rules` (as JSON values) replace the preset's own.

    Segmentation (P3b) is always part of it, at every capture: all others use its mask.
    Raises RefusedError naming field, value and rule.
    """
    if preset not in get_args(Preset):
        raise RefusedError(plans.NO_PRESET(value=preset, choices=[*get_args(Preset)]), field="preset")
    chosen = dict(_PRESET_PIPELINES[preset]) if pipelines is None else parse_pipelines(pipelines)
    chosen["P3b"] = "every_capture"
    kept = _preset_rules(preset) if rules is None else parse_rules(rules)
    return PlanDefinition(preset=preset, pipelines=chosen, rules=kept)  # type: ignore[arg-type]  # checked above


def _preset_rules(preset: str) -> tuple[Rule, ...]:
    return tuple(
        DEFAULT_RULES[metric.key]
        for metric in METRICS.values()
        if metric.alert is not None and preset in metric.alert.watched_in
    )


def parse_pipelines(value: object) -> dict[str, Frequency]:
    """Return pipelines with their frequencies from a JSON object, P3b always among them.

    Raises RefusedError naming field, value and rule.
    """
    if not isinstance(value, Mapping):
        refused = plans.NO_PIPELINES(example='{"P3a": "daily"}', value=_shown(value))
        raise RefusedError(refused, field="pipelines")
    parsed: dict[str, Frequency] = {"P3b": "every_capture"}
    for name, frequency in value.items():
        if name not in PIPELINES:
            raise RefusedError(plans.NO_PIPELINE(value=_shown(name), choices=[*PIPELINES]), field="pipelines")
        if frequency not in get_args(Frequency):
            refused = plans.NO_FREQUENCY(name=name, value=_shown(frequency), choices=[*get_args(Frequency)])
            raise RefusedError(refused, field="pipelines")
        if name != "P3b":
            parsed[name] = frequency
    return parsed


def pipelines_due(pipelines: Mapping[str, Frequency], ran: Mapping[str, datetime], now: datetime) -> tuple[str, ...]:
    """Return the pipelines to run at `now`, P3b first; `ran` holds when each daily or weekly one last ran.

    One that last ran in the future (the clock was wrong then) is due.
    """
    due = ["P3b"]
    for name in PIPELINES:
        frequency = pipelines.get(name)
        if name == "P3b" or frequency is None:
            continue
        last = ran.get(name)
        if (
            frequency == "every_capture"
            or last is None
            or not -EARLY_TOLERANCE <= now - last < PERIODS[frequency] - EARLY_TOLERANCE
        ):
            due.append(name)
    return tuple(due)


def last_runs_after(
    pipelines: Mapping[str, Frequency], ran: Mapping[str, datetime], done: Iterable[str], now: datetime
) -> dict[str, datetime]:
    """Return `ran` after the pipelines `done` ran at `now`; only daily and weekly ones are kept."""
    kept = {name: at for name, at in ran.items() if pipelines.get(name) in PERIODS}
    return kept | {name: now for name in done if pipelines.get(name) in PERIODS}


def _shown(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=repr).decode()
