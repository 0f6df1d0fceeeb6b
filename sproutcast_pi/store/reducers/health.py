"""Health: how each part of the appliance is, in words."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from sproutcast_pi.messages.message import Message
from sproutcast_pi.store.arguments import Moment, Name, Sentence, Text
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.message_columns import message_columns
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import update_row
from sproutcast_pi.store.tables import Health

State = Literal["ok", "warn", "bad", "off"]


@reducer(role="internal")
def set_health(
    ctx: Context,
    *,
    part: Name,
    state: State,
    message: Sentence | Message,
    advice: Text | Message | None = None,
    value: Annotated[float, Meta(ge=-1e15, le=1e15)] | None = None,
    due_at: Moment | None = None,
) -> None:
    """Report the health of a part; unchanged health is not written, and `since_at` moves only with the state."""
    known = Health.find(part=part)
    columns = {"state": state, "value": value, "due_at": due_at, **message_columns(message=message, advice=advice)}
    if known is None:
        Health.create(part=part, since_at=ctx.at, updated_at=ctx.at, **columns)
        return
    began = known.since_at if known.state == state else ctx.at
    if update_row(known, **columns):
        update_row(known, since_at=began, updated_at=ctx.at)


@reducer(role="owner")
def report_screen(
    ctx: Context,
    *,
    state: Literal["ok", "bad"],
    message: Sentence,
    advice: Text | None = None,
    coded: dict[Literal["message", "advice"], Message] | None = None,
) -> None:
    """Report how the screen is drawn: only it knows whether anything can be seen.

    `coded` holds message and advice as codes with values, where they have one.
    """
    known = coded or {}
    set_health(
        ctx, part="screen", state=state, message=known.get("message", message), advice=known.get("advice", advice)
    )


@reducer(role="internal")
def clear_health(ctx: Context, *, part: Name) -> None:
    """Forget a part that is no more; forgetting an unknown one changes nothing."""
    del ctx
    Health.delete().where(Health.part == part).execute()
