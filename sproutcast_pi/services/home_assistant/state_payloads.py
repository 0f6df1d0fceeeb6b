"""From rows to what Home Assistant shows.

Every object is whole: a missing key would be a warning in its log each time, a null is `unknown`. Numbers are rounded
to what they are worth, so that noise is no news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from sproutcast_pi import __version__
from sproutcast_pi.messages.formatter import ENGLISH, Formatter
from sproutcast_pi.messages.marking import _
from sproutcast_pi.messages.rows import row_messages
from sproutcast_pi.model.metrics.reading import result_band, value_text
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.services.home_assistant.localise import light_reason
from sproutcast_pi.services.home_assistant.metric_sensors import PRESETS, THRESHOLDS

Row = Mapping[str, Any]
State = dict[str, Any]
LUX_PER_PPFD = 67.0
"""Lux for 1 umol/m2/s under a white LED; sources give 65 to 70, sunlight has 54. Hence "estimated"."""
MAX_BRIGHTNESS = 255
MAX_STATE_CHARS = 255
"""The longest text Home Assistant keeps as a state."""
UNSURE = {"absent": _("can't be seen"), "uncertain": _("uncertain")}
"""Condition of a plant whose newest photograph did not certainly show it."""
UPDATE_IN_PROGRESS = frozenset({"installing", "restarting", "proving"})


class Diagnostics(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked up about the appliance, not stored."""

    started_at: str
    temperature_c: float | None = None
    undervoltage: bool | None = None
    disk_free_bytes: int | None = None
    pending_transactions: int | None = None


def light(row: Row) -> State:
    """The grow light as a JSON light; `row` is the light's row."""
    level = row["now_level"]
    state: State = {"state": "ON" if level > 0 else "OFF", "color_mode": "brightness"}
    # An off light keeps no brightness; Home Assistant then shows none.
    return state | ({"brightness": max(1, round(level * MAX_BRIGHTNESS))} if level > 0 else {})


def appliance(
    light_row: Row,
    *,
    last_capture: Row | None,
    health: Mapping[str, Row],
    unread: int,
    formatter: Formatter = ENGLISH,
) -> State:
    """Everything about the appliance but its light and diagnostics."""
    full = light_row["ppfd_full"]
    ppfd = None if full is None else full * light_row["now_level"]
    return {
        "light_reason": light_reason(light_row["now_reason"], formatter),
        "light_next_change": _second(light_row["next_change_at"]),
        "schedule": "ON" if light_row["enabled"] else "OFF",
        "schedule_start": light_row["start"],
        "schedule_hours": light_row["hours"],
        "schedule_level": round(light_row["level"] * 100, 1),
        "ppfd": _rounded(ppfd, 0),
        "illuminance": None if ppfd is None else _rounded(ppfd * LUX_PER_PPFD, -1),
        "dli": _rounded(light_row["dli_today"], 1),
        "light_on_today": round(light_row["on_seconds_today"] / 3600, 1),
        "last_capture": _second(last_capture["finished_at"]) if last_capture else None,
        "next_capture": _next_capture(health.get("captures")),
        "unread": unread,
    }


def diagnostics(health: Iterable[Row], found: Diagnostics, formatter: Formatter = ENGLISH) -> State:
    """How the appliance is."""
    bad = [row for row in health if row["state"] == "bad" and row["part"] != "mqtt"]
    free = found.disk_free_bytes
    return {
        "problem": "ON" if bad else "OFF",
        "status": (formatter.row_text(bad[0], "message") if bad else formatter(_("All is well.")))[:MAX_STATE_CHARS],
        "power": None if found.undervoltage is None else "ON" if found.undervoltage else "OFF",
        "temperature": _rounded(found.temperature_c, 0),
        "disk_free": None if free is None else round(free / 1e9, 1),
        "outbox": found.pending_transactions,
        "version": __version__,
        "started": _second(found.started_at),
    }


def update(software: Row | None) -> State:
    """Which version runs, which there is, and how far its installation is; without a row, nothing newer is known."""
    found = software or {}
    under_way = found.get("state") in UPDATE_IN_PROGRESS
    installed = found.get("version") or __version__
    return {
        "installed_version": installed,
        "latest_version": found.get("available_version") or installed,
        "title": "Sproutcast Pi",
        "release_summary": (found.get("notes") or "")[:MAX_STATE_CHARS],
        "in_progress": under_way,
        "update_percentage": _rounded(found.get("progress"), 0) if under_way else None,
    }


def plant(
    row: Row,
    *,
    result: Row | None,
    plan: Row | None,
    alerts: int,
    last_watered: str | None,
    formatter: Formatter = ENGLISH,
) -> State:
    """One plant: what was measured last, what was done last, and the thresholds of its plan."""
    values = result or {}
    found = result_band(values, "health_score")
    bounds = thresholds(plan)
    withheld = msgspec.json.decode(values.get("left_out") or "{}")
    coded = row_messages(values, "left_out")
    withheld = {metric: formatter.message_or(coded.get(metric), reason) for metric, reason in withheld.items()}
    condition = UNSURE.get(values.get("presence") or "", found.word if found else None)
    return {
        **{key: _rounded(values.get(key), metric.sensor.precision + 1) for key, metric in METRICS.items()},
        **{key: bounds.get(key) for key in THRESHOLDS},
        "problem": "ON" if alerts else "OFF",
        "condition": formatter(condition) if condition else None,
        "stage": values.get("stage"),
        "measured": _second(values.get("at")),
        "last_watered": _second(last_watered),
        "plan": formatter(PRESETS.get(plan["preset"], "")) or None if plan else None,
        "species": row["species"] or "",
        "left_out": withheld,
        "attributes": {key: _attributes(values, key, withheld.get(key), formatter) for key in METRICS},
    }


def _attributes(result: Row, metric: str, withheld: str | None, formatter: Formatter) -> State:
    """What people read of a metric on every screen: its number with its unit, its word, its level; or why it isn't."""
    value, band = result.get(metric), result_band(result, metric)
    return {
        "reads": None if value is None else value_text(metric, value, formatter),
        "word": formatter(band.word) if band else None,
        "level": band.level if band else None,
        "not_told": withheld,
    }


def open_alerts(notices: Iterable[Row], formatter: Formatter = ENGLISH) -> State:
    """What is wrong with one plant now, oldest first; `notices` are its open notifications about a metric."""
    return {"alerts": [_open_alert(row, formatter) for row in sorted(notices, key=lambda row: int(row["id"]))]}


def _open_alert(row: Row, formatter: Formatter) -> State:
    """An open notification: the value of its metric when it began, and the newest one while it lasts."""
    metric, first = row["metric"], row["value"]
    now = first if row["value_now"] is None else row["value_now"]
    texts = {"first": first, "now": now} if metric in METRICS else {"first": None, "now": None}
    return {
        "title": formatter.row_text(row, "title"),
        "metric": metric,
        "value": first,
        "value_now": now,
        **{key: None if value is None else value_text(metric, value, formatter) for key, value in texts.items()},
        "threshold": row["threshold"],
        "since": _second(row["created_at"]),
        "measured": _second(row["measured_at"] or row["created_at"]),
    }


def thresholds(plan: Row | None) -> dict[str, float]:
    """The bounds that are set in a plan, by `metric_bound`."""
    if plan is None:
        return {}
    rules = msgspec.json.decode(plan["rules"], type=list[dict[str, Any]])
    return {
        f"{rule['metric']}_{bound}": rule[bound]
        for rule in rules
        for bound in ("lower", "upper")
        if rule.get(bound) is not None
    }


def notice(row: Row, formatter: Formatter = ENGLISH) -> State:
    """A notification as an event."""
    return {
        "event_type": row["category"],
        "title": formatter.row_text(row, "title"),
        "message": formatter.row_text(row, "message"),
        "advice": formatter.row_text(row, "advice") or None,
        "metric": row["metric"],
        "value": row["value"],
        "threshold": row["threshold"],
    }


def care(row: Row) -> State:
    """Something that was done, as an event."""
    return {
        "event_type": row["kind"],
        "at": _second(row["at"]),
        "volume_ml": row["volume_ml"],
        "product": row["product"],
        "text": row["text"],
        "by": row["caller"],
    }


def _next_capture(health: Row | None) -> str | None:
    """The capture keeper reports the next time as the value of its health, in seconds since 1970."""
    value = health["value"] if health else None
    return None if value is None else _second(to_text(datetime.fromtimestamp(value, UTC)))


def _second(moment: str | None) -> str | None:
    """A moment without its microseconds."""
    return None if moment is None else f"{moment.rstrip('Z').partition('.')[0]}Z"


def _rounded(value: float | None, digits: int) -> float | None:
    if value is None:
        return None
    return round(value, digits) if digits > 0 else int(round(value, digits))
