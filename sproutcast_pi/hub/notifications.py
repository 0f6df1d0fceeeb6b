"""The notifications (LISTEN) of one PostgreSQL connection, of which none is lost while it answers queries."""

from __future__ import annotations

import select
from collections import deque
from typing import Any


class Notifications:
    """What was notified on a psycopg connection, oldest first.

    libpq keeps what arrives with the answer of a query to itself until it is asked for, and psycopg before 3.2.4 threw
    away what it met on the way. So every notification goes through a handler, and libpq is asked before each wait.
    """

    def __init__(self, connection: Any, channel: str) -> None:
        """Listen on `channel`; what commits after this call is notified."""
        self._connection = connection
        self._payloads: deque[str] = deque()
        self._poll = select.poll()
        connection.add_notify_handler(lambda notification: self._payloads.append(notification.payload))
        connection.execute(f"LISTEN {channel}")
        self._poll.register(connection.fileno(), select.POLLIN)

    def wait(self, timeout_s: float) -> list[str]:
        """The payloads since the last call; where there are none, the first within `timeout_s` seconds.

        Raises psycopg's OperationalError when the connection is lost.
        """
        self._collect()
        if not self._payloads and self._poll.poll(timeout_s * 1000):
            self._connection.pgconn.consume_input()
            self._collect()
        found = list(self._payloads)
        self._payloads.clear()
        return found

    def _collect(self) -> None:
        while (notification := self._connection.pgconn.notifies()) is not None:
            self._payloads.append(notification.extra.decode())
