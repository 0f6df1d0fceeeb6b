"""The rows Home Assistant shows, kept current by subscriptions; tells which plants changed and what happened anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from sproutcast_pi.store.engine import INTERNAL, QuerySubscription, Store
from sproutcast_pi.store.messages import Message, QueryDiff, QueryRows, Row, SubscriptionEnded

QUERIES: dict[str, str] = {
    "light": "SELECT * FROM light",
    "health": "SELECT * FROM health",
    "software": "SELECT * FROM software",
    "setting": "SELECT * FROM setting WHERE name IN ('home_assistant_enabled', 'device_name', 'language', 'units', "
    "'hour_format', 'time_zone', 'given_time_zone')",
    "plant": "SELECT * FROM plant WHERE archived_at IS NULL",
    "plan": "SELECT * FROM monitor_plan",
    "alert": "SELECT * FROM alert WHERE active = 1",
    "unread": "SELECT id FROM notification WHERE read_at IS NULL",
    "capture": "SELECT * FROM capture WHERE state = 'done' ORDER BY id DESC LIMIT 1",
    "notification": "SELECT * FROM notification ORDER BY id DESC LIMIT 20",
    "care": "SELECT * FROM care_event ORDER BY id DESC LIMIT 20",
}
EVENT_QUERIES = ("notification", "care")
"""Queries whose new rows are events; a row that moves up because another was deleted is none."""


class CacheChanges(msgspec.Struct):
    """What one message changed."""

    plants: set[int] = msgspec.field(default_factory=set)
    """Plants of which anything changed, or that are gone."""
    events: list[tuple[str, Row]] = msgspec.field(default_factory=list)
    """(query, row) of what is new, oldest first."""


class HomeAssistantRowCache:
    """Subscribe with `open`, feed every message to `take`, in order."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[Any, Row]] = {name: {} for name in QUERIES}
        self._newest = dict.fromkeys(EVENT_QUERIES, 0)
        self._pending = set(QUERIES)
        self._subscriptions: list[QuerySubscription] = []

    def subscribe(self, store: Store, listen: Callable[[str, Message], None]) -> None:
        """Subscribe; `listen(name, message)` is called on the store's thread."""
        for name, sql in QUERIES.items():
            self._subscriptions.append(
                store.subscribe(sql, lambda message, name=name: listen(name, message), caller=INTERNAL)  # type: ignore[misc]  # a default binds the loop's name
            )

    def close(self) -> None:
        """Listen no more."""
        for subscription in self._subscriptions:
            subscription.close()

    @property
    def ready(self) -> bool:
        """Whether the first answer of every query is here."""
        return not self._pending

    def rows(self, name: str) -> list[Row]:
        """The rows of a query."""
        return list(self._tables[name].values())

    def one(self, name: str) -> Row | None:
        """The only row of a query."""
        return next(iter(self._tables[name].values()), None)

    def by_key(self, name: str) -> dict[Any, Row]:
        """The rows of a query by their key: `part` of health, `name` of settings, `plant_id` of plans, else `id`."""
        return self._tables[name]

    def apply(self, name: str, message: Message) -> CacheChanges:
        """Apply one message; raises RefusedError when the subscription has ended."""
        changes = CacheChanges()
        if isinstance(message, SubscriptionEnded):
            raise message.error
        if isinstance(message, QueryRows):
            self._apply_rows(name, message, changes)
        else:
            self._apply_diff(name, message, changes)
        return changes

    def _apply_rows(self, name: str, message: QueryRows, changes: CacheChanges) -> None:
        table = self._tables[name]
        if message.reset:
            table.clear()
        table.update((_key(name, row), row) for row in message.rows)
        if message.done:
            self._pending.discard(name)
        if name in EVENT_QUERIES:
            self._newest[name] = max([self._newest[name], *(row["id"] for row in message.rows)])
        changes.plants |= _affected_plants(name, message.rows)

    def _apply_diff(self, name: str, message: QueryDiff, changes: CacheChanges) -> None:
        table = self._tables[name]
        for row in message.delete:
            table.pop(_key(name, row), None)
        table.update((_key(name, row), row) for row in (*message.update, *message.insert))
        changes.plants |= _affected_plants(name, (*message.delete, *message.update, *message.insert))
        if name in EVENT_QUERIES:
            new = sorted((row for row in message.insert if row["id"] > self._newest[name]), key=lambda row: row["id"])
            changes.events += [(name, row) for row in new]
            self._newest[name] = max([self._newest[name], *(row["id"] for row in new)])


def _key(name: str, row: Row) -> Any:
    return row[{"health": "part", "setting": "name", "plan": "plant_id"}.get(name, "id")]


def _affected_plants(name: str, rows: Any) -> set[int]:
    """The plants these rows are about."""
    if name == "plant":
        return {row["id"] for row in rows}
    if name in ("plan", "alert", "care"):
        return {row["plant_id"] for row in rows}
    return set()
