"""Revocation monitor: ends the connections of a client whose token is revoked or whose role changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from sproutcast_pi.services.client_roles import ClientRoles

if TYPE_CHECKING:
    from sproutcast_pi.services.gateway.session import WebSocketSession

CLOSE_CODE = 1008
"""Policy violation: the nearest the WebSocket standard has."""
REASON = "this token was revoked or its role has changed"


class RevocationMonitor:
    """Compares every open session with the live roles after each change of the table `client`."""

    def __init__(self, roles: ClientRoles, sessions: Collection[WebSocketSession]) -> None:
        self._roles = roles
        self._sessions = sessions
        self._loop = asyncio.get_running_loop()
        self._unregister: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin to follow."""
        self._unregister = self._roles.on_change(self._on_change)

    def stop(self) -> None:
        """Follow no more."""
        if self._unregister is not None:
            self._unregister()
            self._unregister = None

    def check(self, session: WebSocketSession) -> bool:
        """Close a session whose role is no longer what it was opened with; whether it may stay."""
        client, role = session.principal.client_id, session.principal.role
        if client is None or self._roles.role(client) == role:
            return True
        session.close_connection(CLOSE_CODE, REASON)
        return False

    def _on_change(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._check_all)

    def _check_all(self) -> None:
        for session in list(self._sessions):
            self.check(session)
