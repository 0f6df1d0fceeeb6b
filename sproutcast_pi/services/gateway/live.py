"""One subscription of one client, between the store that speaks and the client that is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from sproutcast_pi.store.engine import Subscription
from sproutcast_pi.store.messages import Message


class Live:
    """Passes on what the store says; told apart by identity."""

    __slots__ = ("_say", "begun", "id", "key", "over", "query_set", "resuming", "sql", "subscription", "table")

    def __init__(self, number: int, sql: str, say: Callable[[Live, Message], threading.Event | None]) -> None:
        """`say` is called on a thread of the store's; of a piece of a long answer it tells when it is on its way."""
        self._say = say
        self.id = number
        self.sql = sql
        self.key: Sequence[str] = ()
        self.table = ""
        self.query_set = 0
        """The set it belongs to, where the protocol has sets."""
        self.resuming = False
        self.begun = False
        """Whether its first message has been seen."""
        self.over = False
        """Whether the client wants, or gets, no more of it."""
        self.subscription: Subscription | None = None

    def __call__(self, message: Message) -> threading.Event | None:
        """Take a message of the store's."""
        return self._say(self, message)

    def close(self) -> None:
        """Hear no more."""
        self.over = True
        if self.subscription is not None:
            self.subscription.close()
