"""Timelapses: named series of pictures."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import refusals
from sproutcast_pi.messages.marking import _
from sproutcast_pi.model.timestamps import from_text
from sproutcast_pi.store.arguments import Name, RowId
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import existing, update_row
from sproutcast_pi.store.tables import Plant, Timelapse

Interval = Annotated[int, Meta(ge=60, le=7 * 86_400, description=_("60 seconds to a week"))]
EARLY = timedelta(seconds=30)
"""A picture this much before its time still counts: captures are not on the second."""


@reducer(role="carer")
def start_timelapse(ctx: Context, *, plant_id: RowId, name: Name, interval_s: Interval, compact: bool = False) -> int:
    """Begin a series of pictures of a plant; returns its id. One at a time for each plant."""
    plant = existing(Plant, plant_id, "plant_id")
    if plant.archived_at is not None:
        raise RefusedError(refusals.ARCHIVED(name=plant.name), code="conflict")
    running = Timelapse.find(plant_id=plant_id, ended_at=None)
    if running is not None:
        raise RefusedError(refusals.TIMELAPSE_RUNNING(plant=plant.name, name=running.name), code="conflict")
    return int(
        Timelapse.create(
            plant_id=plant_id, name=name, interval_s=interval_s, compact=int(compact), started_at=ctx.at
        ).id
    )


@reducer(role="carer")
def end_timelapse(ctx: Context, *, timelapse_id: RowId) -> None:
    """End a series; its pictures stay."""
    timelapse = existing(Timelapse, timelapse_id, "timelapse_id")
    if timelapse.ended_at is not None:
        raise RefusedError(refusals.TIMELAPSE_ENDED(name=timelapse.name, at=timelapse.ended_at), code="conflict")
    update_row(timelapse, ended_at=ctx.at)


def count_frame(at: str, plants: set[int]) -> None:
    """Count a picture taken at `at` in each running series of these plants that was due for one."""
    for timelapse in Timelapse.select().where(Timelapse.ended_at.is_null(), Timelapse.plant_id.in_(plants)):
        last = timelapse.last_frame_at
        due = last is None or from_text(at) - from_text(last) >= timedelta(seconds=timelapse.interval_s) - EARLY
        if due:
            update_row(timelapse, frames=timelapse.frames + 1, last_frame_at=at)
