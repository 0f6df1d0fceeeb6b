"""Plants: named, changed, put away, forgotten."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import refusals, rules
from sproutcast_pi.model.monitor_plans import Preset
from sproutcast_pi.model.ranges import POT_DIAMETER
from sproutcast_pi.store.arguments import Day, Line, Name, Region, RowId, Text, meaning
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import SLICES_REMAIN, reducer
from sproutcast_pi.store.reducers.checks import existing, json_text, past_day, update_row
from sproutcast_pi.store.tables import TABLES, Plant

MAX_PLANTS = 200
"""Beyond any shelf one camera sees; it keeps a runaway script from filling the card."""
SLICE_ROWS = 200
"""Rows removed in one transaction: some 20 ms, and a log entry of some 300 kB."""
MIN_REGION_AREA = 1e-4
"""A hundredth of a percent of the frame: less is a slip of the finger."""

PotDiameter = Annotated[
    float,
    Meta(
        ge=POT_DIAMETER.low,
        le=POT_DIAMETER.high,
        **meaning(rules.CENTIMETRES(low=POT_DIAMETER.low, high=POT_DIAMETER.high)),
    ),
]


@reducer(role="carer")
def create_plant(
    ctx: Context,
    *,
    name: Name,
    species: Line | None = None,
    planted_on: Day | None = None,
    location: Line | None = None,
    region: Region | None = None,
    pot_diameter_cm: PotDiameter | None = None,
    pot_region: Region | None = None,
    gbif_key: RowId | None = None,
    note: Text | None = None,
    preset: Preset = "flower_health",
) -> int:
    """Add a plant with a monitor plan; returns its id."""
    _check_number()
    _check_name(name, None)
    plant = Plant.create(
        name=name,
        species=species or None,
        gbif_key=gbif_key,
        planted_on=None if planted_on is None else past_day(ctx, planted_on, "planted_on"),
        location=location or None,
        region=_region_text(region),
        pot_diameter_cm=pot_diameter_cm,
        pot_region=_region_text(pot_region),
        position=Plant.select().count(),
        note=note or None,
        created_at=ctx.at,
        updated_at=ctx.at,
    )
    ctx.call("set_monitor_plan", plant_id=plant.id, preset=preset)
    return int(plant.id)


@reducer(role="carer")
def update_plant(
    ctx: Context,
    *,
    plant_id: RowId,
    name: Name | UnsetType = UNSET,
    species: Line | UnsetType | None = UNSET,
    planted_on: Day | UnsetType | None = UNSET,
    location: Line | UnsetType | None = UNSET,
    region: Region | UnsetType | None = UNSET,
    pot_diameter_cm: PotDiameter | UnsetType | None = UNSET,
    pot_region: Region | UnsetType | None = UNSET,
    gbif_key: RowId | UnsetType | None = UNSET,
    note: Text | UnsetType | None = UNSET,
    position: Annotated[int, Meta(ge=0, le=10_000)] | UnsetType = UNSET,
    sync: bool | UnsetType = UNSET,
    archived: bool | UnsetType = UNSET,
) -> None:
    """Change what is given, leave the rest; null empties a field."""
    plant = existing(Plant, plant_id, "plant_id")
    if archived is False and plant.archived_at is not None:
        _check_number()
        _check_name(name if isinstance(name, str) else plant.name, plant_id)
    elif isinstance(name, str) and not (plant.archived_at or archived is True):
        _check_name(name, plant_id)
    if isinstance(planted_on, str):
        past_day(ctx, planted_on, "planted_on")
    given = {
        "name": name,
        "species": species or None if species is not UNSET else UNSET,
        "planted_on": planted_on,
        "location": location or None if location is not UNSET else UNSET,
        "region": UNSET if isinstance(region, UnsetType) else _region_text(region),
        "pot_diameter_cm": pot_diameter_cm,
        "pot_region": UNSET if isinstance(pot_region, UnsetType) else _region_text(pot_region),
        "gbif_key": gbif_key,
        "note": note or None if note is not UNSET else UNSET,
        "position": position,
        "sync": UNSET if isinstance(sync, UnsetType) else int(sync),
        "archived_at": UNSET
        if isinstance(archived, UnsetType)
        else (plant.archived_at or ctx.at)
        if archived
        else None,
    }
    if update_row(plant, **{column: value for column, value in given.items() if value is not UNSET}):
        update_row(plant, updated_at=ctx.at)


@reducer(role="carer")
def archive_plant(ctx: Context, *, plant_id: RowId) -> None:
    """Put a plant away: it is measured no more, its history stays."""
    plant = existing(Plant, plant_id, "plant_id")
    if plant.archived_at is None:
        update_row(plant, archived_at=ctx.at, updated_at=ctx.at)


@reducer(role="owner", sliced=True)
def delete_plant(ctx: Context, *, plant_id: RowId) -> bool | None:
    """Forget a plant with its plan, results, alerts, notifications, care and timelapses; pictures stay.

    A long history goes in several transactions, the newest rows last and the plant at the end, so that nobody waits
    for it; until then it is archived. Cut short by a power failure, it can be called again.
    """
    plant = existing(Plant, plant_id, "plant_id")
    left = SLICE_ROWS
    for table in _refering_tables():
        ctx.execute(
            f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE plant_id = ? ORDER BY id LIMIT ?)",  # noqa: S608 - the schema's names
            (plant_id, left),
        )
        left -= int(ctx.value("SELECT changes()"))
        if left <= 0:
            if plant.archived_at is None:
                update_row(plant, archived_at=ctx.at, updated_at=ctx.at)
            return SLICES_REMAIN
    plant.remove()
    return None


def _refering_tables() -> list[str]:
    """Tables whose rows go with their plant."""
    return [
        str(model._meta.table_name)  # noqa: SLF001 - peewee's own way to the schema
        for model in TABLES
        if "plant_id" in model._meta.columns  # noqa: SLF001 - as above
    ]


def _check_number() -> None:
    if Plant.select().where(Plant.archived_at.is_null()).count() >= MAX_PLANTS:
        raise RefusedError(refusals.TOO_MANY_PLANTS(limit=MAX_PLANTS), code="conflict")


def _check_name(name: str, own: int | None) -> None:
    same = Plant.select(Plant.id, Plant.name).where(Plant.archived_at.is_null())
    if any(plant.name.casefold() == name.casefold() and plant.id != own for plant in same):
        raise RefusedError(refusals.NAME_TAKEN(name=name), code="conflict", field="name")


def _region_text(region: list[tuple[float, float]] | None) -> str | None:
    if region is None:
        return None
    area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(region, region[1:] + region[:1], strict=True)) / 2
    if abs(area) < MIN_REGION_AREA:
        raise RefusedError(refusals.REGION_EMPTY(), field="region")
    return json_text(region)
