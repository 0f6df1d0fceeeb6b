"""Notifications: written by us, read by the owner."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from msgspec import Meta

from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.store.arguments import Line, RowId, Sentence, Text
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.message_columns import message_columns
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import existing, update_row
from sproutcast_pi.store.tables import Notification, Plant

Category = Literal["health", "alert", "analysis", "info"]


def is_over() -> Any:
    """Return the condition on notifications that nothing follows from any more."""
    lasting = Notification.metric.is_null(False) | Notification.question.is_null(False)
    return Notification.resolved_at.is_null(False) | ~lasting


@reducer(role="internal")
def notify(
    ctx: Context,
    *,
    category: Category,
    title: Line | Message,
    message: Sentence | Message,
    advice: Text | Message | None = None,
    plant_id: RowId | None = None,
) -> int:
    """Notify the owner; returns the notification's id."""
    if plant_id is not None:
        existing(Plant, plant_id, "plant_id")
    return int(
        Notification.create(
            category=category,
            plant_id=plant_id,
            created_at=ctx.at,
            **message_columns(message=message, title=title, advice=advice),
        ).id
    )


@reducer(role="carer")
def mark_notification_read(ctx: Context, *, notification_id: RowId) -> None:
    """Mark one notification as read; a second time changes nothing."""
    notification = existing(Notification, notification_id, "notification_id")
    if notification.read_at is None:
        update_row(notification, read_at=ctx.at)


@reducer(role="carer")
def snooze_notification(
    ctx: Context, *, notification_id: RowId, hours: Annotated[float, Meta(gt=0.0, le=168.0)]
) -> None:
    """Put one notification off: it counts as read for some hours, then comes back unread if it still holds."""
    notification = existing(Notification, notification_id, "notification_id")
    until = to_text(ctx.now + timedelta(hours=hours))
    update_row(notification, read_at=ctx.at, snoozed_until_at=until)


@reducer(role="internal")
def wake_notifications(ctx: Context) -> int:
    """Bring back what was put off until now, unless it is over; returns how many are unread again."""
    due = list(Notification.select().where(Notification.snoozed_until_at <= ctx.at))
    for notification in due:
        read_at = notification.read_at if notification.resolved_at else None
        update_row(notification, read_at=read_at, snoozed_until_at=None)
    return sum(not notification.resolved_at for notification in due)


@reducer(role="carer")
def mark_all_notifications_read(ctx: Context) -> int:
    """Mark every notification as read; returns how many were not."""
    return int(Notification.update(read_at=ctx.at).where(Notification.read_at.is_null()).execute())


@reducer(role="carer")
def clear_read_notifications(ctx: Context) -> int:
    """Remove the notifications that were read, but not those put off, nor alerts that still hold; returns how many."""
    del ctx
    done = Notification.read_at.is_null(False) & Notification.snoozed_until_at.is_null() & is_over()
    return int(Notification.delete().where(done).execute())
