"""Follow-up of an open alert: current value, care given since, and answers to its question. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sproutcast_pi.messages.formatter import Formatter, parse_timestamp
from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS
from ui.i18n.care import CARE_KINDS


def _(msgid: str) -> str:
    """Mark a text for extraction; it is translated when it is displayed."""
    return msgid


ANSWERS: dict[str, dict[str, str]] = {
    "hanging": {
        "moved": _("It was moved"),
        "cut": _("It was cut"),
        "normal": _("That's normal for it"),
        "dying": _("It is dying"),
    },
    "smaller": {"cut": _("It was cut"), "replaced": _("It was replaced"), "dying": _("It is losing its leaves")},
}
"""Answers to each question, as `answer_notification` accepts them."""


def present_value(row: Mapping[str, Any], tr: Formatter) -> str:
    """Return the current value of an open alert if it differs from the first one, else an empty string."""
    metric, value = row.get("metric"), row.get("value_now")
    if metric not in METRICS or value is None or row.get("resolved_at") or row.get("value") is None:
        return ""
    now, first = value_text(metric, value, tr), value_text(metric, row["value"], tr)
    return "" if now == first else tr("Now {value}.", value=now)


def care_given(row: Mapping[str, Any], due_at: datetime | None, now: datetime, tr: Formatter) -> str:
    """Return the care given for an open alert and the time of the next photo; empty if no care was given."""
    at, kind = parse_timestamp(row.get("care_at")), CARE_KINDS.get(str(row.get("care_kind")))
    if at is None or kind is None or row.get("resolved_at"):
        return ""
    done = tr(kind.done)
    if due_at is not None and due_at > now:
        return tr("{done} {ago}, next photo {when}.", done=done, ago=tr.ago(at, now), when=tr.moment(due_at, now))
    return tr("{done} {ago}.", done=done, ago=tr.ago(at, now))


def open_answers(row: Mapping[str, Any], tr: Formatter) -> tuple[tuple[str, str], ...]:
    """Return (answer, label) pairs of an unanswered question."""
    if row.get("answer") or row.get("resolved_at"):
        return ()
    return tuple((answer, tr(words)) for answer, words in ANSWERS.get(str(row.get("question")), {}).items())
