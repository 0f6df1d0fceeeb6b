"""A token that is revoked, or whose role changes, ends its open connections at that commit."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from sproutcast_pi.store.callers import INTERNAL
from sproutcast_pi.store.engine import QuerySubscription, Store
from sproutcast_pi.store.messages import Message, QueryDiff, QueryRows

if TYPE_CHECKING:
    from sproutcast_pi.services.gateway.session import WebSocketSession
    from sproutcast_pi.services.gateway.websocket_tokens import WebSocketTokens

CLOSE_CODE = 1008
"""Policy violation: the nearest the WebSocket standard has."""


class RevocationMonitor:
    """Follows the table `client`."""

    def __init__(self, store: Store, sessions: Collection[WebSocketSession], tickets: WebSocketTokens) -> None:
        self._store = store
        self._sessions = sessions
        self._tokens = tickets
        self._loop = asyncio.get_running_loop()
        self._subscription: QuerySubscription | None = None

    def start(self) -> None:
        """Begin to follow; blocks, so not on the event loop."""
        self._subscription = self._store.subscribe("SELECT * FROM client", self._on_message, caller=INTERNAL)

    def stop(self) -> None:
        """Follow no more."""
        if self._subscription is not None:
            self._subscription.close()

    def _on_message(self, message: Message) -> None:
        if isinstance(message, QueryRows) or self._loop.is_closed():
            return
        roles: dict[int, str | None] = {}
        if isinstance(message, QueryDiff):
            roles = {row["id"]: None for row in message.delete}
            roles |= {
                row["id"]: None if row["revoked_at"] else row["role"] for row in (*message.insert, *message.update)
            }
        self._loop.call_soon_threadsafe(self._apply, roles)

    def _apply(self, roles: dict[int, str | None]) -> None:
        for session in list(self._sessions):
            client = session.principal.client_id
            if client in roles and roles[client] != session.principal.role:
                session.close_connection(CLOSE_CODE, "this token was revoked or its role has changed")
        for client, role in roles.items():
            if role is None:
                self._tokens.revoke_client(client)
