"""Alert about photographs that were all refused: nothing is measured, so nobody knows how the plants are."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from sproutcast_pi.messages.areas import plants
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.timestamps import from_text
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.message_columns import message_columns
from sproutcast_pi.store.tables import Capture, Notification

REFUSED_FOR = timedelta(hours=24)
"""Photographs taken at night are refused every day; a whole day of them is none of these."""
MIN_REFUSED = 4
REFUSED_PHOTOS = "photographs"
"""`metric` of the notification: it is about no metric, but about all."""


def follow_refused(ctx: Context, capture: Capture, refusal: Message | None) -> int:
    """Notify the owner once no photograph could be measured for a day; returns how many notifications."""
    open_already = Notification.select().where(
        Notification.metric == REFUSED_PHOTOS, Notification.resolved_at.is_null()
    )
    if capture.quality != "refused":
        Notification.update(resolved_at=ctx.at).where(
            Notification.metric == REFUSED_PHOTOS, Notification.resolved_at.is_null()
        ).execute()
        return 0
    done = Capture.select().where(Capture.state == "done", Capture.id <= capture.id)
    good = done.where(Capture.quality != "refused").order_by(Capture.id.desc()).first()
    refused = done if good is None else done.where(Capture.id > good.id)
    first = refused.order_by(Capture.id).first()
    if first is None or first.started_at is None or capture.started_at is None or open_already.exists():
        return 0
    since = from_text(first.started_at)
    if refused.count() < MIN_REFUSED or from_text(capture.started_at) - since < REFUSED_FOR:
        return 0
    reasons = msgspec.json.decode(capture.quality_reasons, type=list[str])
    message = plants.REFUSED_SINCE(since=first.started_at, reason=refusal or verbatim(next(iter(reasons), "")))
    Notification.create(
        capture_id=capture.id,
        category="alert",
        **message_columns(message=message, title=plants.REFUSED(), advice=plants.REFUSED_ADVICE()),
        metric=REFUSED_PHOTOS,
        bound="lower",
        created_at=ctx.at,
    )
    return 1
