"""What happened since an alert was written: its present value, care that was given, and answers to a question. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS
from ui.i18n.care import CARE_KINDS
from ui.i18n.formatter import ScreenFormatter, parse_timestamp


def _(msgid: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is shown."""
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
"""The answers to each question, as `answer_notification` takes them."""


def present_value(row: Mapping[str, Any], tell: ScreenFormatter) -> str:
    """Return the newest value of an open alert where it differs from the first; empty otherwise."""
    metric, value = row.get("metric"), row.get("value_now")
    if metric not in METRICS or value is None or row.get("resolved_at") or row.get("value") is None:
        return ""
    now, first = value_text(metric, value, tell), value_text(metric, row["value"], tell)
    return "" if now == first else tell("Now {value}.", value=now)


def care_given(row: Mapping[str, Any], due_at: datetime | None, now: datetime, tell: ScreenFormatter) -> str:
    """Return what was done about an open alert, and when the plant is photographed next; empty where nothing was."""
    at, kind = parse_timestamp(row.get("care_at")), CARE_KINDS.get(str(row.get("care_kind")))
    if at is None or kind is None or row.get("resolved_at"):
        return ""
    done = tell(kind.done)
    if due_at is not None and due_at > now:
        return tell("{done} {ago}, next photo {when}.", done=done, ago=tell.ago(at, now), when=tell.moment(due_at, now))
    return tell("{done} {ago}.", done=done, ago=tell.ago(at, now))


def open_answers(row: Mapping[str, Any], tell: ScreenFormatter) -> tuple[tuple[str, str], ...]:
    """Return (answer, its words) of a question that waits for one."""
    if row.get("answer") or row.get("resolved_at"):
        return ()
    return tuple((answer, tell(words)) for answer, words in ANSWERS.get(str(row.get("question")), {}).items())
