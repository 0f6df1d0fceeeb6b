"""One subscription of one client, as the hub sees it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sproutcast_pi.store.engine import Subscription
from sproutcast_pi.store.messages import Message, Rows

if TYPE_CHECKING:
    from sproutcast_pi.services.gateway.hub import Hub
    from sproutcast_pi.services.gateway.session import Session


class Live:
    """Hands what the store says to the hub; told apart by identity."""

    __slots__ = ("begun", "hub", "id", "key", "query_set", "resuming", "session", "sql", "subscription", "table")

    def __init__(self, hub: Hub, session: Session, number: int, sql: str) -> None:
        self.hub = hub
        self.session = session
        self.id = number
        self.sql = sql
        self.key: Sequence[str] = ()
        self.table = ""
        self.query_set = 0
        """The set it belongs to, where the protocol has sets."""
        self.resuming = False
        self.begun = False
        """Whether its first message has been seen."""
        self.subscription: Subscription | None = None

    def __call__(self, message: Message) -> threading.Event | None:
        """Take a message on a thread of the store's; for a piece of a long answer, say when the client has taken it."""
        if isinstance(message, Rows) and not message.done:
            return self.hub.piece(self, message)
        self.hub.put((self, message))
        return None

    def close(self) -> None:
        """Hear no more."""
        if self.subscription is not None:
            self.subscription.close()
