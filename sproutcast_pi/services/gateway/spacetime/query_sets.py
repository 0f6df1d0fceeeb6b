"""Query sets of the SpacetimeDB protocol: queries that begin and end together, each time as of one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import groupby

from sproutcast_pi.protocol.row_cache import RowCache
from sproutcast_pi.services.gateway.fan_out.client_subscription import ClientSubscription
from sproutcast_pi.services.gateway.send_queue import SubscriptionDiff
from sproutcast_pi.services.gateway.spacetime.bsatn import row_list
from sproutcast_pi.services.gateway.spacetime.codec import SpacetimeCodec
from sproutcast_pi.store.messages import QueryDiff, QueryRows

MAX_FIRST_ROWS_BYTES = 16 * 1024 * 1024
"""Of one query's first rows: this protocol wants them in one message, which must be held until it is whole."""

SeqDiff = tuple[int, ClientSubscription, QueryDiff]
"""A transaction's change to one query of a set."""


class RowBuffer:
    """The rows of one query as of one transaction, encoded, while they arrive."""

    def __init__(self, codec: SpacetimeCodec) -> None:
        self._encoded: RowCache[bytes] = RowCache((), lambda rows: codec.encode_rows(self.table, rows))
        self.table = ""
        self.seq = 0
        self.complete = False
        self.chunked = False
        """Whether they were read beside the writer, so that changes up to `seq` may still be on their way."""

    def add(self, message: QueryRows) -> bool:
        """Add a piece of the rows; False when they have become too many."""
        self._encoded.key, self.table, self.seq = message.key, message.table, message.seq
        self.chunked = self.chunked or not message.done
        self.complete = message.done
        self._encoded.load(message.rows, reset=False)
        return sum(map(len, self._encoded)) <= MAX_FIRST_ROWS_BYTES

    def advance(self, diffs: Iterable[QueryDiff], seq: int) -> None:
        """Bring the rows forward to transaction `seq`."""
        for diff in diffs:
            if self.seq < diff.seq <= seq:
                self._encoded.apply(diff)
        self.seq = seq

    def table_rows(self) -> tuple[str, bytes]:
        """The table's name and its rows as a row list."""
        return self.table, row_list(list(self._encoded))


class QuerySet:
    """Queries that begin together, and end together."""

    def __init__(self, number: int, request_id: int) -> None:
        self.number = number
        self.request_id = request_id
        self.queries: list[ClientSubscription] = []
        self.rows: dict[ClientSubscription, RowBuffer] = {}
        """First rows, by query, until the set is applied."""
        self.settled = asyncio.Event()
        """Set once the set was applied, or has failed."""
        self.unsubscribing: PendingUnsubscribe | None = None
        self._buffered: list[SeqDiff] = []

    @property
    def buffers_changes(self) -> bool:
        """Whether changes wait because the client has no rows yet, or is about to lose them."""
        return not self.settled.is_set() or self.unsubscribing is not None

    def buffer(self, seq: int, subscription: ClientSubscription, diff: QueryDiff) -> None:
        """Keep a change back."""
        self._buffered.append((seq, subscription, diff))

    def first_rows(self) -> tuple[list[tuple[str, bytes]], list[tuple[int, list[SubscriptionDiff]]]]:
        """All rows as of the newest transaction any query has seen, and the changes after it, by transaction."""
        seq = max(buffer.seq for buffer in self.rows.values())
        for subscription, buffer in self.rows.items():
            buffer.advance((diff for _, one, diff in self._buffered if one is subscription), seq)
        tables = [buffer.table_rows() for buffer in self.rows.values()]
        later = [one for one in self._buffered if one[0] > seq]
        self._buffered, self.rows = [], {}
        return tables, _by_transaction(later)

    def last_changes(self) -> list[tuple[int, list[SubscriptionDiff]]]:
        """The changes that bring the client to the rows with which the set ends, by transaction."""
        assert self.unsubscribing is not None
        ends_at = {subscription: buffer.seq for subscription, buffer in self.unsubscribing.readers.values()}
        kept = [one for one in self._buffered if one[0] <= ends_at[one[1]]]
        self._buffered = []
        return _by_transaction(kept)


class PendingUnsubscribe:
    """The end of a set: its rows are read once more, so that the client can take them out of its cache."""

    def __init__(self, request_id: int) -> None:
        self.request_id = request_id
        self.readers: dict[ClientSubscription, tuple[ClientSubscription, RowBuffer]] = {}
        """By the reading subscription: the query it ends, and its rows."""

    def complete(self) -> bool:
        """Whether all rows of all its queries are there."""
        return all(buffer.complete for _, buffer in self.readers.values())


def _by_transaction(diffs: list[SeqDiff]) -> list[tuple[int, list[SubscriptionDiff]]]:
    ordered = sorted(diffs, key=lambda one: one[0])
    return [
        (seq, [(subscription, diff) for _, subscription, diff in group])
        for seq, group in groupby(ordered, lambda one: one[0])
    ]
