"""What taking in messages needs of a database within one transaction; SQLite and PostgreSQL each give it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Values = Sequence[Any]


class Queryable(Protocol):
    """Something that answers queries. SQL has ? for values."""

    def rows(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Return the whole answer."""


class DatabaseTransaction(Queryable, Protocol):
    """An open transaction."""

    row_errors: tuple[type[Exception], ...]
    """What a database raises for a row it will never take, as opposed to a full disk or a lost connection."""
    now: str
    """The moment, as text."""

    def run(self, sql: str, values: Values = ()) -> None:
        """Run one statement."""

    def run_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Run one statement for each of `rows`."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo what happens within when it raises."""

    def lock_device(self, device: str) -> None:
        """Let nobody else take in messages of this device until the transaction ends."""

    def notify_applied(self, device: str, epoch: str, upto: int, kind: str, content: bytes) -> None:
        """A message was applied; followers of this database are notified at the commit."""

    def notify_removed(self, device: str) -> None:
        """A device and its rows are gone; followers of this database are notified at the commit."""
