"""How a plant is, in one word, one shape and one number. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sproutcast_pi.model.metrics.reading import result_band
from sproutcast_pi.model.metrics.registry import METRICS
from ui.i18n.formatter import ScreenFormatter, parse_timestamp
from ui.i18n.metrics import alert_side, headline_text, name_text, state_text

STALE_AFTER = timedelta(hours=36)
"""A plant nobody has photographed for a day and a half is not known any more."""


def _(msgid: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return msgid


UNSURE = {"absent": _("Can't be seen"), "uncertain": _("Uncertain")}
"""What is shown of a plant whose newest photograph did not certainly show it: never a score."""

ICONS = {"ok": "circle-check", "watch": "alert-triangle", "act": "alert-octagon", "none": "circle-dashed"}
"""Every state has its own shape, so that colour is never alone."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How a plant is."""

    level: str
    """ok, watch, act, none."""
    words: str
    number: str = ""
    label: str = ""
    """What the number is."""
    metric: str = "health_score"

    @property
    def icon(self) -> str:
        """The shape of this state."""
        return ICONS[self.level]


def plant_state(
    results: Sequence[Mapping[str, Any]], alerts: Sequence[Mapping[str, Any]], now: datetime, tell: ScreenFormatter
) -> State:
    """Say how a plant is from its results (oldest first) and what is wrong now (newest first)."""
    newest = results[-1] if results else None
    if newest is None:
        return State(level="none", words=tell("No photograph yet"))
    for alert in alerts:
        if alert.get("metric") == "presence":
            return State(level="act", words=tell("Can't be seen"), metric="area_percent")
        if alert.get("metric") in METRICS:
            return _state_from_alert(alert, newest, tell)
    return _unknown_state(newest, alerts, now, tell) or _state_from_score(newest, tell)


def _unknown_state(
    newest: Mapping[str, Any], alerts: Sequence[Mapping[str, Any]], now: datetime, tell: ScreenFormatter
) -> State | None:
    """Say that nobody knows how a plant is, and why; None where it is known."""
    at = parse_timestamp(newest["at"])
    if at is not None and now - at > STALE_AFTER:
        return State(level="none", words=tell("Not seen lately"))
    if any(alert.get("metric") == "measurable" for alert in alerts):
        return State(level="watch", words=tell("Can't be measured"))
    if newest.get("presence") in UNSURE:
        return State(level="none", words=tell(UNSURE[newest["presence"]]))
    return None


def _state_from_alert(alert: Mapping[str, Any], newest: Mapping[str, Any], tell: ScreenFormatter) -> State:
    """Say what an alert means for the plant, with the number it is about."""
    metric = str(alert["metric"])
    sure = newest.get(metric) is not None and newest.get("presence") not in UNSURE
    present = alert.get("value") if alert.get("value_now") is None else alert["value_now"]
    values = newest if sure else {metric: present}
    found = result_band(values, metric)
    return State(
        level="watch" if found and found.level == "watch" else "act",
        words=state_text(metric, alert_side(alert), tell),
        number="" if values[metric] is None else headline_text(values, metric, tell),
        label=name_text(metric, tell),
        metric=metric,
    )


def _state_from_score(newest: Mapping[str, Any], tell: ScreenFormatter) -> State:
    """Say how a plant without alerts is, by its health score, else by its firmness."""
    for metric in ("health_score", "turgor_index", "area_cm2", "area_percent"):
        if newest.get(metric) is None:
            continue
        found = result_band(newest, metric)
        judged = {"act": tell("Not doing well"), "watch": tell("Worth a look"), "ok": tell("Doing well")}
        level = found.level if found and found.level in judged else "none"
        return State(
            level=level,
            words=judged.get(level, tell("Not judged yet")),
            number=headline_text(newest, metric, tell),
            label=name_text(metric, tell),
            metric=metric,
        )
    return State(level="none", words=tell("Not judged yet"))


def trend(results: Sequence[Mapping[str, Any]], metric: str, points: int = 48) -> tuple[float, ...]:
    """Return the last values of a metric, oldest first, for a sparkline."""
    values = [float(row[metric]) for row in results if row.get(metric) is not None]
    return tuple(values[-points:])
