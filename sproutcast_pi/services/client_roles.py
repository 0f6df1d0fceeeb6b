"""Live roles of paired clients: the table `client`, in memory and current at every commit."""

from __future__ import annotations

from collections.abc import Callable

from sproutcast_pi.services.live_rows import LiveRows
from sproutcast_pi.store.callers import RANKS, Role
from sproutcast_pi.store.engine import Store


class ClientRoles:
    """Answers without blocking, so that an event loop may ask at every use of a token."""

    def __init__(self, store: Store) -> None:
        self._listeners: list[Callable[[], None]] = []
        self._rows = LiveRows(store, "SELECT * FROM client", on_change=self._notify)

    def role(self, client_id: int) -> Role | None:
        """What a client may do now; None once it was revoked."""
        row = self._rows.get(client_id)
        if row is None or row["revoked_at"] is not None or row["role"] not in RANKS:
            return None
        role: Role = row["role"]
        return role

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` on the writer's thread after every change; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _notify(self) -> None:
        for listener in list(self._listeners):
            listener()
