"""Row caches of the queries Home Assistant shows, and what each message changed: plants, and new events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from sproutcast_pi.protocol.row_cache import RowCache
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
    "open_notice": "SELECT * FROM notification WHERE metric IS NOT NULL AND plant_id IS NOT NULL "
    "AND resolved_at IS NULL",
    "unread": "SELECT id FROM notification WHERE read_at IS NULL",
    "capture": "SELECT * FROM capture WHERE state = 'done' ORDER BY id DESC LIMIT 1",
    "notification": "SELECT * FROM notification ORDER BY id DESC LIMIT 20",
    "care": "SELECT * FROM care_event ORDER BY id DESC LIMIT 20",
}
KEYS = {"health": "part", "setting": "name", "plan": "plant_id"}
"""Key column of a query's rows, where it isn't `id`."""
EVENT_QUERIES = ("notification", "care")
"""Queries whose new rows are events; a row that moves up because another was deleted is none."""


class CacheChanges(msgspec.Struct):
    """What one message changed."""

    plants: set[int] = msgspec.field(default_factory=set)
    """Plants of which anything changed, or that are gone."""
    events: list[tuple[str, Row]] = msgspec.field(default_factory=list)
    """(query, row) of what is new, oldest first."""


class HomeAssistantRowCache:
    """Caches by query: `subscribe` first, then `apply` every message, in order."""

    def __init__(self) -> None:
        self._tables: dict[str, RowCache[Row]] = {name: RowCache(KEYS.get(name, "id")) for name in QUERIES}
        self._newest = dict.fromkeys(EVENT_QUERIES, 0)
        self._pending = set(QUERIES)
        self._subscriptions: list[QuerySubscription] = []

    def subscribe(self, store: Store, on_message: Callable[[str, Message], None]) -> None:
        """Subscribe; `on_message(name, message)` is called on the store's thread."""
        for name, sql in QUERIES.items():
            self._subscriptions.append(
                store.subscribe(sql, lambda message, name=name: on_message(name, message), caller=INTERNAL)  # type: ignore[misc]  # a default binds the loop's name
            )

    def close(self) -> None:
        """End the subscriptions."""
        for subscription in self._subscriptions:
            subscription.close()

    @property
    def ready(self) -> bool:
        """Whether the first answer of every query is here."""
        return not self._pending

    def rows(self, name: str) -> list[Row]:
        """The rows of a query."""
        return list(self._tables[name])

    def one(self, name: str) -> Row | None:
        """The only row of a query."""
        return self._tables[name].first()

    def by_key(self, name: str) -> Mapping[Any, Row]:
        """The rows of a query by their key: `part` of health, `name` of settings, `plant_id` of plans, else `id`."""
        return self._tables[name].by_key()

    def apply(self, name: str, message: Message) -> CacheChanges:
        """Apply one message; raises RefusedError when the subscription has ended."""
        changes = CacheChanges()
        if isinstance(message, SubscriptionEnded):
            raise message.error
        self._tables[name].apply(message)
        if isinstance(message, QueryRows):
            self._note_rows(name, message, changes)
        else:
            self._note_changes(name, message, changes)
        return changes

    def _note_rows(self, name: str, message: QueryRows, changes: CacheChanges) -> None:
        if message.done:
            self._pending.discard(name)
        if name in EVENT_QUERIES:
            self._newest[name] = max([self._newest[name], *(row["id"] for row in message.rows)])
        changes.plants |= _affected_plants(name, message.rows)

    def _note_changes(self, name: str, message: QueryDiff, changes: CacheChanges) -> None:
        changes.plants |= _affected_plants(name, (*message.delete, *message.update, *message.insert))
        if name in EVENT_QUERIES:
            new = sorted((row for row in message.insert if row["id"] > self._newest[name]), key=lambda row: row["id"])
            changes.events += [(name, row) for row in new]
            self._newest[name] = max([self._newest[name], *(row["id"] for row in new)])


def _affected_plants(name: str, rows: Iterable[Row]) -> set[int]:
    """The plants these rows are about."""
    if name == "plant":
        return {row["id"] for row in rows}
    if name in ("plan", "alert", "open_notice", "care"):
        return {row["plant_id"] for row in rows}
    return set()
