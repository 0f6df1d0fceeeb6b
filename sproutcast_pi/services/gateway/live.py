"""One subscription of one client, between the store that speaks and the client that is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from sproutcast_pi.store.engine import QuerySubscription
from sproutcast_pi.store.messages import Message


class ClientSubscription:
    """Passes on what the store says; told apart by identity."""

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
        self, number: int, sql: str, say: Callable[[ClientSubscription, Message], threading.Event | None]
    ) -> None:
        """`say` is called on a thread of the store's; of a piece of a long answer it tells when it is on its way."""
        self._on_message = say
        self.id = number
        self.sql = sql
        self.key: Sequence[str] = ()
        self.table = ""
        self.query_set = 0
        """The set it belongs to, where the protocol has sets."""
        self.resuming = False
        self.started = False
        """Whether its first message has been seen."""
        self.closed = False
        """Whether the client wants, or gets, no more of it."""
        self.query_subscription: QuerySubscription | None = None

    def __call__(self, message: Message) -> threading.Event | None:
        """Take a message of the store's."""
        return self._on_message(self, message)

    def close(self) -> None:
        """Hear no more."""
        self.closed = True
        if self.query_subscription is not None:
            self.query_subscription.close()
