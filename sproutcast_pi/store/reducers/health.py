"""Health: how each part of the appliance is, in words."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from sproutcast_pi.store.arguments import Name, Sentence, Text
from sproutcast_pi.store.context import Context
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
    message: Sentence,
    advice: Text | None = None,
    value: Annotated[float, Meta(ge=-1e15, le=1e15)] | None = None,
) -> None:
    """Say how a part is; nothing is written when it is as it was, and `since_at` moves only with the state."""
    known = Health.find(part=part)
    told = {"state": state, "message": message, "advice": advice, "value": value}
    if known is None:
        Health.create(part=part, since_at=ctx.at, updated_at=ctx.at, **told)
        return
    began = known.since_at if known.state == state else ctx.at
    if update_row(known, **told):
        update_row(known, since_at=began, updated_at=ctx.at)


@reducer(role="owner")
def report_screen(ctx: Context, *, state: Literal["ok", "bad"], message: Sentence, advice: Text | None = None) -> None:
    """Let the screen say how it is drawn: only it knows whether anything can be seen."""
    set_health(ctx, part="screen", state=state, message=message, advice=advice)


@reducer(role="internal")
def clear_health(ctx: Context, *, part: Name) -> None:
    """Forget a part that is no more; forgetting an unknown one changes nothing."""
    del ctx
    Health.delete().where(Health.part == part).execute()
