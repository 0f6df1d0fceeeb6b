"""Care: what somebody did for a plant."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import refusals
from sproutcast_pi.messages.marking import _
from sproutcast_pi.store.arguments import Line, Moment, RowId, Text
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import existing, past_moment
from sproutcast_pi.store.reducers.questions import follow_care, update_care_of_alerts
from sproutcast_pi.store.tables import CareEvent, Plant

CareKind = Literal[
    "water", "feed", "prune", "note", "soil_change", "repot", "move", "temperature_event", "light_change"
]
Volume = Annotated[float, Meta(gt=0.0, le=100_000.0, description=_("millilitres, up to 100 litres"))]


@reducer(role="carer")
def log_care(
    ctx: Context,
    *,
    plant_id: RowId,
    kind: CareKind,
    at: Moment | None = None,
    volume_ml: Volume | None = None,
    product: Line | None = None,
    text: Text | None = None,
) -> int:
    """Write down what was done for a plant, now or `at`; returns the entry's id."""
    existing(Plant, plant_id, "plant_id")
    if kind == "note" and not text:
        raise RefusedError(refusals.NOTE_EMPTY(), field="text")
    if volume_ml is not None and kind not in ("water", "feed"):
        raise RefusedError(refusals.NO_VOLUME(kind=kind), field="volume_ml")
    event = CareEvent.create(
        plant_id=plant_id,
        kind=kind,
        at=past_moment(ctx, at, "at"),
        volume_ml=volume_ml,
        product=product or None,
        text=text or None,
        caller=ctx.caller.name,
        created_at=ctx.at,
    )
    follow_care(ctx, event)
    return int(event.id)


@reducer(role="carer")
def delete_care(ctx: Context, *, care_id: RowId) -> None:
    """Take back an entry of the care log, and what followed from it."""
    del ctx
    event = existing(CareEvent, care_id, "care_id")
    event.remove()
    update_care_of_alerts(event.plant_id)
