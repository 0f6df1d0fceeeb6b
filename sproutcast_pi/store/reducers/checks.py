"""What several reducers ask: is it there, is it a day, is it a moment that may be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import arguments, refusals
from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.store.base_model import Model
from sproutcast_pi.store.context import Context

Found = TypeVar("Found", bound=Model)

AHEAD = timedelta(days=2)
"""How far ahead a time given by a person may lie: time zones and a clock a little off, not a typo in the year."""
FIRST_YEAR = 1990


def existing(model: type[Found], key: object, field: str) -> Found:
    """Return the row of that primary key; raises RefusedError (`not_found`)."""
    row = model.find(**{model.key_column(): key})
    if row is None:
        table = str(model._meta.table_name)  # noqa: SLF001 - peewee's public way to a model's facts
        name = refusals.TABLE_NAMES.get(table, table.replace("_", " "))
        missing = refusals.NO_SUCH_ROW(field=field, table=name, key=str(key))
        raise RefusedError(missing, code="not_found", field=field)
    return row


def real_day(text: str, field: str) -> str:
    """Return a day that exists, as it was given; raises RefusedError."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise RefusedError(arguments.NO_DAY(field=field, value=text), field=field) from None
    if found.year < FIRST_YEAR:
        raise RefusedError(arguments.TOO_EARLY(field=field, value=text, year=FIRST_YEAR), field=field)
    return text


def past_day(ctx: Context, text: str, field: str) -> str:
    """Return a day that exists and has begun somewhere on earth; raises RefusedError."""
    found = date.fromisoformat(real_day(text, field))
    if ctx.time_trusted and found > (ctx.now + AHEAD).date():
        raise RefusedError(arguments.IN_FUTURE(field=field, value=text), field=field)
    return text


def moment(text: str, field: str) -> datetime:
    """Return a moment from ISO 8601 text; raises RefusedError."""
    try:
        found = from_text(text)
    except (ValueError, OverflowError):
        raise RefusedError(arguments.NO_MOMENT(field=field, value=text), field=field) from None
    if found < datetime(FIRST_YEAR, 1, 1, tzinfo=UTC):
        raise RefusedError(arguments.TOO_EARLY(field=field, value=text, year=FIRST_YEAR), field=field)
    return found


def past_moment(ctx: Context, text: str | None, field: str) -> str:
    """Return a moment as the store writes it, now when none was given; raises RefusedError for a future one."""
    if text is None:
        return ctx.at
    found = moment(text, field)
    if ctx.time_trusted and found > ctx.now + AHEAD:
        raise RefusedError(arguments.IN_FUTURE(field=field, value=text), field=field)
    return to_text(found)


def json_text(value: Any) -> str:
    """Return compact JSON text."""
    return msgspec.json.encode(value).decode()


def update_row(row: Model, **values: Any) -> bool:
    """Set the columns that differ and write the row once; False, and nothing written, when none does."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not differing:
        return False
    row.write(**differing)
    return True
