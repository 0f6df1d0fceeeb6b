"""Answers to questions about a plant, and the care that followed an open alert."""

from __future__ import annotations

from typing import Literal

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import refusals
from sproutcast_pi.model.questions import ANSWERS, HANGING, POSTURE_METRICS, SMALLER
from sproutcast_pi.store.arguments import RowId
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import existing, update_row
from sproutcast_pi.store.reducers.plans import resolve
from sproutcast_pi.store.tables import Alert, CareEvent, Notification

Answer = Literal["moved", "cut", "normal", "replaced", "dying"]
REMEDIES: dict[str, frozenset[str]] = {
    "turgor_index": frozenset({"water"}),
    "droop_deg": frozenset({"water"}),
    "chlorophyll_index": frozenset({"feed", "light_change"}),
    "yellow_percent": frozenset({"feed", "prune"}),
    "hue_deg": frozenset({"feed", "prune"}),
    "lesion_percent": frozenset({"prune"}),
}
"""The care that is done about an alert of a metric."""
EXPLAINED_BY = {SMALLER: {"prune": "cut", "repot": "replaced"}, HANGING: {"move": "moved"}}
"""Care in the log that answers an open question by itself."""


@reducer(role="carer")
def answer_notification(ctx: Context, *, notification_id: RowId, answer: Answer) -> int | None:
    """Answer what a notification asks; returns the id of its care entry, None for `dying`.

    `moved`, `cut`, `normal` and `replaced` are logged as care and end the alert: from there the plant is measured
    afresh. Taking the care entry back takes the answer back. With `dying` the alert stays open.
    """
    notification = existing(Notification, notification_id, "notification_id")
    answers = ANSWERS.get(notification.question or "")
    if answers is None:
        raise RefusedError(refusals.NO_QUESTION(), code="conflict", field="notification_id")
    if answer not in answers:
        raise RefusedError(refusals.NO_ANSWER(answer=answer, choices=[*answers]), field="answer")
    if notification.answer is not None:
        raise RefusedError(
            refusals.ANSWERED(answer=notification.answer),
            code="conflict",
            field="notification_id",
        )
    update_row(notification, answer=answer, answered_at=ctx.at, read_at=notification.read_at or ctx.at)
    kind = answers[answer]
    if kind is None:
        return None
    if notification.question == HANGING:
        _end_posture_alerts(ctx, notification.plant_id)
    update_row(notification, resolved_at=ctx.at)
    return int(ctx.call("log_care", plant_id=notification.plant_id, kind=kind))


def _end_posture_alerts(ctx: Context, plant_id: int | None) -> None:
    if plant_id is None:
        return
    for alert in Alert.select().where(Alert.plant_id == plant_id, Alert.metric.in_(POSTURE_METRICS)):
        resolve(ctx, plant_id, alert.metric, alert.bound)
        alert.remove()


def follow_care(ctx: Context, event: CareEvent) -> None:
    """Note new care on the plant's open alerts, and close the questions it answers."""
    update_care_of_alerts(event.plant_id)
    for question, answers in EXPLAINED_BY.items():
        if event.kind in answers:
            Notification.update(
                answer=answers[event.kind], answered_at=ctx.at, read_at=ctx.at, resolved_at=ctx.at
            ).where(
                Notification.plant_id == event.plant_id,
                Notification.question == question,
                Notification.answer.is_null(),
                Notification.resolved_at.is_null(),
            ).execute()
            if question == HANGING:
                _end_posture_alerts(ctx, event.plant_id)


def update_care_of_alerts(plant_id: int) -> None:
    """Write the newest care that is done about each open alert of a plant beside it, or that there is none."""
    still_open = Notification.select().where(
        Notification.plant_id == plant_id, Notification.metric.is_null(False), Notification.resolved_at.is_null()
    )
    for notification in still_open:
        event = (
            CareEvent.select()
            .where(CareEvent.plant_id == plant_id, CareEvent.kind.in_(REMEDIES.get(notification.metric or "", ())))
            .where(CareEvent.at >= notification.created_at)
            .order_by(CareEvent.at.desc())
            .first()
        )
        update_row(
            notification, care_kind=None if event is None else event.kind, care_at=None if event is None else event.at
        )
