"""Row cache of one live query: its first rows, then each change to them, applied by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

Row = dict[str, Any]
Value = TypeVar("Value")


class RowsMessage(Protocol):
    """The rows of a query. With `reset` False (an attribute that may be missing) they add to those before."""

    @property
    def rows(self) -> Sequence[Row]:
        """The rows, whole or a piece of them."""


class ChangesMessage(Protocol):
    """What a transaction changed in a query's rows."""

    @property
    def insert(self) -> Sequence[Row]:
        """Rows that are new in the answer."""

    @property
    def update(self) -> Sequence[Row]:
        """Rows as they are now."""

    @property
    def delete(self) -> Sequence[Row]:
        """Rows as they were."""


class RowCache(Generic[Value]):
    """Rows by key, in the order they came; not thread-safe. Never change a row.

    `key` names the column or columns that identify a row: the key of a row is the column's value, or a tuple of them.
    `encode` turns rows into the values to keep, one each, such as their encoding; without it the rows are kept.
    """

    def __init__(
        self, key: str | Sequence[str] = "id", encode: Callable[[Sequence[Row]], Iterable[Value]] | None = None
    ) -> None:
        self.key = key
        self._encode = encode
        self._values: dict[Any, Value] = {}

    def apply(self, message: RowsMessage | ChangesMessage) -> None:
        """Apply a message of either kind."""
        rows = getattr(message, "rows", None)
        if rows is not None:
            self.load(rows, reset=getattr(message, "reset", True))
        else:
            self.change(insert=message.insert, update=message.update, delete=message.delete)  # type: ignore[union-attr]  # the kind without rows

    def load(self, rows: Iterable[Row], *, reset: bool = True) -> None:
        """Add the rows of an answer, in place of all rows so far unless `reset` is False."""
        if reset:
            self._values.clear()
        self._add(list(rows))

    def change(self, *, insert: Sequence[Row] = (), update: Sequence[Row] = (), delete: Sequence[Row] = ()) -> None:
        """Apply one difference; deletions first, because a row that moved is deleted and inserted in one message."""
        for row in delete:
            self._values.pop(self._key_of(row), None)
        self._add([*insert, *update])

    def get(self, key: Any) -> Value | None:
        """The row with that key."""
        return self._values.get(key)

    def first(self) -> Value | None:
        """The only row, or the first of several."""
        return next(iter(self._values.values()), None)

    def by_key(self) -> Mapping[Any, Value]:
        """The rows by their keys; it changes with the cache."""
        return self._values

    def __iter__(self) -> Iterator[Value]:
        return iter(self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def _add(self, rows: list[Row]) -> None:
        values: Iterable[Any] = rows if self._encode is None else self._encode(rows)
        self._values.update(zip(map(self._key_of, rows), values, strict=True))

    def _key_of(self, row: Row) -> Any:
        return row[self.key] if isinstance(self.key, str) else tuple(row[name] for name in self.key)
