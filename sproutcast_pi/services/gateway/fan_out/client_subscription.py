"""Subscription of a client: the listener of one live query of the store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from sproutcast_pi.store.engine import QuerySubscription
from sproutcast_pi.store.messages import Message


class ClientSubscription:
    """Publishes the messages of a query with itself as the address; compared by identity."""

    __slots__ = (
        "_on_message",
        "closed",
        "id",
        "key",
        "query_set",
        "query_subscription",
        "resuming",
        "sql",
        "started",
        "table",
    )

    def __init__(
        self, number: int, sql: str, on_message: Callable[[ClientSubscription, Message], threading.Event | None]
    ) -> None:
        """`on_message` runs on a thread of the store; for a chunk of a long answer it returns its delivery's event."""
        self._on_message = on_message
        self.id = number
        self.sql = sql
        self.key: Sequence[str] = ()
        self.table = ""
        self.query_set = 0
        """The set it belongs to, where the protocol has sets."""
        self.resuming = False
        self.started = False
        """Whether its first message has been received."""
        self.closed = False
        """Whether nothing more of it is sent."""
        self.query_subscription: QuerySubscription | None = None

    def __call__(self, message: Message) -> threading.Event | None:
        """Publish a message of the store."""
        return self._on_message(self, message)

    def close(self) -> None:
        """End the subscription."""
        self.closed = True
        if self.query_subscription is not None:
            self.query_subscription.close()
