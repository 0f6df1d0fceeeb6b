"""What the store answers: a call's result, a query's rows, and then each change to them."""

from __future__ import annotations

from typing import Any

import msgspec

from sproutcast_pi.errors import RefusedError

Row = dict[str, Any]


class ReducerResult(msgspec.Struct, frozen=True):
    """What a reducer returned, and the last transaction that was on disk with it."""

    value: Any
    seq: int


class QueryRows(msgspec.Struct, frozen=True, kw_only=True):
    """The answer as of transaction `seq`, whole or, when it is large, a piece of it.

    `reset`: forget the rows you hold before you take these. `done`: no further piece follows, diffs do. A resumed
    subscription begins with no rows, `reset` False, and a diff for each transaction that was missed.
    """

    seq: int
    rows: list[Row]
    reset: bool = True
    done: bool = True
    key: tuple[str, ...] = ()
    """The columns that identify its rows; empty for joins and aggregates, where only the whole row does."""
    table: str = ""
    """The table whose whole rows these are; "" for joins and aggregates."""
    encoded: bytes | None = None
    """The rows of a piece as a JSON list, in place of `rows`, for listeners that would only encode them."""


class QueryDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What transaction `seq` changed in the answer; `update` and `insert` are rows as they are, `delete` as they were.

    Everybody with the same query gets the same object: encode it once. Never change a row. `reducer` is None when the
    answer was recomputed, perhaps for several transactions at once.
    """

    seq: int
    reducer: str | None
    insert: list[Row] = []
    update: list[Row] = []
    delete: list[Row] = []


class SubscriptionEnded(msgspec.Struct, frozen=True, kw_only=True):
    """No more diffs will come; subscribe again when `error` says it is of use."""

    error: RefusedError


Message = QueryRows | QueryDiff | SubscriptionEnded
