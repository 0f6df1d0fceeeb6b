"""A plant's state as a word, an icon and a number. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sproutcast_pi.messages.formatter import Formatter, parse_timestamp
from sproutcast_pi.model.metrics.reading import result_band
from sproutcast_pi.model.metrics.registry import METRICS
from ui.i18n.metrics import alert_side, headline_text, name_text, state_text

STALE_AFTER = timedelta(hours=36)
"""Age of the newest result after which a plant's state is unknown."""


def _(msgid: str) -> str:
    """Mark a text for extraction; it is translated when it is displayed."""
    return msgid


UNSURE = {"absent": _("Can't be seen"), "uncertain": _("Uncertain")}
"""State of a plant that the newest photo may not show: never a score."""

ICONS = {"ok": "circle-check", "watch": "alert-triangle", "act": "alert-octagon", "none": "circle-dashed"}
"""Each state has its own icon, so that nothing depends on colour alone."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """State of a plant: level, word and number."""

    level: str
    """ok, watch, act, none."""
    words: str
    number: str = ""
    label: str = ""
    """Label of the number."""
    metric: str = "health_score"

    @property
    def icon(self) -> str:
        """Icon name of the state."""
        return ICONS[self.level]


def plant_state(
    results: Sequence[Mapping[str, Any]], alerts: Sequence[Mapping[str, Any]], now: datetime, tr: Formatter
) -> State:
    """Return a plant's state from its results (oldest first) and open alerts (newest first)."""
    newest = results[-1] if results else None
    if newest is None:
        return State(level="none", words=tr("No photograph yet"))
    for alert in alerts:
        if alert.get("metric") == "presence":
            return State(level="act", words=tr("Can't be seen"), metric="area_percent")
        if alert.get("metric") in METRICS:
            return _state_from_alert(alert, newest, tr)
    return _unknown_state(newest, alerts, now, tr) or _state_from_score(newest, tr)


def _unknown_state(
    newest: Mapping[str, Any], alerts: Sequence[Mapping[str, Any]], now: datetime, tr: Formatter
) -> State | None:
    """Return the state of a plant that can't be judged, with the reason; None if it can."""
    at = parse_timestamp(newest["at"])
    if at is not None and now - at > STALE_AFTER:
        return State(level="none", words=tr("Not seen lately"))
    if any(alert.get("metric") == "measurable" for alert in alerts):
        return State(level="watch", words=tr("Can't be measured"))
    if newest.get("presence") in UNSURE:
        return State(level="none", words=tr(UNSURE[newest["presence"]]))
    return None


def _state_from_alert(alert: Mapping[str, Any], newest: Mapping[str, Any], tr: Formatter) -> State:
    """Return the state an alert implies, with its number."""
    metric = str(alert["metric"])
    sure = newest.get(metric) is not None and newest.get("presence") not in UNSURE
    present = alert.get("value") if alert.get("value_now") is None else alert["value_now"]
    values = newest if sure else {metric: present}
    found = result_band(values, metric)
    return State(
        level="watch" if found and found.level == "watch" else "act",
        words=state_text(metric, alert_side(alert), tr),
        number="" if values[metric] is None else headline_text(values, metric, tr),
        label=name_text(metric, tr),
        metric=metric,
    )


def _state_from_score(newest: Mapping[str, Any], tr: Formatter) -> State:
    """Return the state of a plant without alerts by its health score, else by its firmness."""
    for metric in ("health_score", "turgor_index", "area_cm2", "area_percent"):
        if newest.get(metric) is None:
            continue
        found = result_band(newest, metric)
        judged = {"act": tr("Not doing well"), "watch": tr("Worth a look"), "ok": tr("Doing well")}
        level = found.level if found and found.level in judged else "none"
        return State(
            level=level,
            words=judged.get(level, tr("Not judged yet")),
            number=headline_text(newest, metric, tr),
            label=name_text(metric, tr),
            metric=metric,
        )
    return State(level="none", words=tr("Not judged yet"))


def trend(results: Sequence[Mapping[str, Any]], metric: str, points: int = 48) -> tuple[float, ...]:
    """Return the last values of a metric, oldest first."""
    values = [float(row[metric]) for row in results if row.get(metric) is not None]
    return tuple(values[-points:])
