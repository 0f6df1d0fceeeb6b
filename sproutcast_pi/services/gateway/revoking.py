"""A token that is revoked, or whose role changes, ends its open connections at that commit."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from sproutcast_pi.store.callers import INTERNAL
from sproutcast_pi.store.engine import Store, Subscription
from sproutcast_pi.store.messages import Diff, Message, Rows

if TYPE_CHECKING:
    from sproutcast_pi.services.gateway.session import Session
    from sproutcast_pi.services.gateway.tickets import Tickets

REVOKED = 1008
"""Policy violation: the nearest the WebSocket standard has."""


class Revoking:
    """Follows the table `client`."""

    def __init__(self, store: Store, sessions: Collection[Session], tickets: Tickets) -> None:
        self._store = store
        self._sessions = sessions
        self._tickets = tickets
        self._loop = asyncio.get_running_loop()
        self._subscription: Subscription | None = None

    def start(self) -> None:
        """Begin to follow; blocks, so not on the event loop."""
        self._subscription = self._store.subscribe("SELECT * FROM client", self._heard, caller=INTERNAL)

    def stop(self) -> None:
        """Follow no more."""
        if self._subscription is not None:
            self._subscription.close()

    def _heard(self, message: Message) -> None:
        if isinstance(message, Rows) or self._loop.is_closed():
            return
        roles: dict[int, str | None] = {}
        if isinstance(message, Diff):
            roles = {row["id"]: None for row in message.delete}
            roles |= {
                row["id"]: None if row["revoked_at"] else row["role"] for row in (*message.insert, *message.update)
            }
        self._loop.call_soon_threadsafe(self._act, roles)

    def _act(self, roles: dict[int, str | None]) -> None:
        for session in list(self._sessions):
            client = session.visitor.client_id
            if client in roles and roles[client] != session.visitor.role:
                session.hang_up(REVOKED, "this token was revoked or its role has changed")
        for client, role in roles.items():
            if role is None:
                self._tickets.void(client)
