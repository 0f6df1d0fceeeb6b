"""Merge what happened to rows one after another into what happened in all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sproutcast_pi.store.messages import QueryDiff, Row

Key = tuple[Any, ...]
Lists = tuple[list[Row], list[Row], list[Row]]
"""Rows to insert, to update, to delete."""


class ByKey:
    """The net effect of diffs whose rows are identified by some columns."""

    __slots__ = ("_key", "_rows")

    def __init__(self, key: Sequence[str]) -> None:
        self._key = key
        self._rows: dict[Key, tuple[bool, bool, Row]] = {}
        """Whether the client has the row, whether it should, and the row as it is or last was."""

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, diff: QueryDiff) -> None:
        """Add a later diff."""
        for row in diff.delete:
            self._put(row, had=True, has=False)
        for row in diff.insert:
            self._put(row, had=False, has=True)
        for row in diff.update:
            self._put(row, had=True, has=True)

    def lists(self) -> Lists:
        """What is to be done, each row at most once."""
        rows = self._rows.values()
        return (
            [row for had, has, row in rows if has and not had],
            [row for had, has, row in rows if has and had],
            [row for had, has, row in rows if had and not has],
        )

    def _put(self, row: Row, *, had: bool, has: bool) -> None:
        key = tuple(row[name] for name in self._key)
        had = self._rows[key][0] if key in self._rows else had
        if had or has:
            self._rows[key] = (had, has, row)
        else:
            self._rows.pop(key, None)


class ByCount:
    """The net effect of diffs whose rows have no key, as those of joins and aggregates: a row may be there k times."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[Key, tuple[int, Row]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, diff: QueryDiff) -> None:
        """Add a later diff."""
        for change, rows in ((-1, diff.delete), (1, diff.insert)):
            for row in rows:
                key = tuple((type(value), value) for value in row.values())
                count = self._rows.get(key, (0, row))[0] + change
                if count:
                    self._rows[key] = (count, row)
                else:
                    self._rows.pop(key, None)

    def lists(self) -> Lists:
        """What is to be done; a row that came twice is there twice."""
        return (
            [row for count, row in self._rows.values() for _ in range(count)],
            [],
            [row for count, row in self._rows.values() for _ in range(-count)],
        )


def merging(key: Sequence[str]) -> ByKey | ByCount:
    """An empty merge for rows with this key."""
    return ByKey(key) if key else ByCount()


def merge(key: Sequence[str], diffs: Iterable[QueryDiff]) -> Lists:
    """The net effect of diffs in order."""
    merged = merging(key)
    for diff in diffs:
        merged.add(diff)
    return merged.lists()
