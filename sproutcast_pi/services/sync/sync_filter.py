"""What may leave the device: never private tables, never the plants whose owner switched sync off."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sproutcast_pi.protocol.sync import RowChange
from sproutcast_pi.store.log import LoggedChange
from sproutcast_pi.store.tables import PRIVATE, TABLES

LOCAL_TABLES = PRIVATE | {"setting"}
"""Settings are kept too: what an owner types into a device's screen may be a password."""
OWN_HEALTH = frozenset({"sync", "outbox"})
"""Syncing the state of the sync would never end."""

_FACTS: list[Any] = [model._meta for model in TABLES]  # noqa: SLF001 - peewee's public way to a model's facts
KEY_COLUMNS: dict[str, str] = {
    facts.table_name: facts.primary_key.column_name for facts in _FACTS if facts.table_name not in LOCAL_TABLES
}
"""The tables that may leave, and the column that is each one's key."""


def to_row_change(entry: LoggedChange, kept_back: Collection[int]) -> RowChange | None:
    """Return what is sent to the hub of one change; None when it stays. `kept_back`: ids of plants that stay.

    Of a deleted row only the key leaves, so that what the hub once had goes there too.
    """
    key = KEY_COLUMNS.get(entry.table)
    if key is None:
        return None
    if entry.new is None:
        gone = (entry.old or {}).get(key)
        return None if gone in OWN_HEALTH else RowChange(entry.table, {key: gone}, deleted=True)
    return RowChange(entry.table, entry.new) if may_sync(entry.table, entry.new, kept_back) else None


def may_sync(table: str, row: dict[str, Any], kept_back: Collection[int]) -> bool:
    """Whether a row of a table that may leave does."""
    if table == "health":
        return row["part"] not in OWN_HEALTH
    plant = row["id"] if table == "plant" else row.get("plant_id")
    return plant is None or plant not in kept_back
