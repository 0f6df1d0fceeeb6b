"""One subscription of one client, as the hub sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sproutcast_pi.store.engine import Subscription
from sproutcast_pi.store.messages import Message

if TYPE_CHECKING:
    from sproutcast_pi.services.gateway.hub import Hub
    from sproutcast_pi.services.gateway.session import Session


class Live:
    """Hands what the store says to the hub; told apart by identity."""

    __slots__ = ("hub", "id", "key", "resuming", "session", "sql", "subscription", "table")

    def __init__(self, hub: Hub, session: Session, number: int, sql: str) -> None:
        self.hub = hub
        self.session = session
        self.id = number
        self.sql = sql
        self.key: Sequence[str] = ()
        self.table = ""
        self.resuming = False
        self.subscription: Subscription | None = None

    def __call__(self, message: Message) -> None:
        """Take a message on the store writer's thread."""
        self.hub.put((self, message))

    def close(self) -> None:
        """Hear no more."""
        if self.subscription is not None:
            self.subscription.close()
