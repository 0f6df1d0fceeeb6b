"""Read the log onward from a place, as pieces that fit a message."""

from __future__ import annotations

import msgspec

from sproutcast_pi.protocol.sync import MAX_MESSAGE, Batch, Transaction, encode
from sproutcast_pi.services.sync.scope import leaving
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.log import Entry, decode

PIECE = 100
"""Transactions in one message: large enough that the hub's commit is shared, small enough to resend."""
PIECE_BYTES = 128 * 1024
"""Of log text; it packs to about a tenth."""


class Piece(msgspec.Struct, frozen=True):
    """What the log says from where it was asked up to `upto`; empty when nothing of it may leave."""

    upto: int
    transactions: list[Transaction]


class NeedsCopy(msgspec.Struct, frozen=True):
    """The log can't say it; a full copy of the rows can. `why` is a sentence."""

    why: str


def kept_back(store: Store) -> frozenset[int]:
    """Return the ids of the plants whose owner switched sync off."""
    return frozenset(row["id"] for row in store.query("SELECT id FROM plant WHERE sync = 0"))


def read_on(store: Store, after: int, limit: int) -> Piece | NeedsCopy | None:
    """Return what follows transaction `after`, at most `limit` transactions; None when nothing does."""
    rows = store.query(
        "SELECT seq, at, reducer, caller, diff FROM _tx WHERE seq > ? ORDER BY seq LIMIT ?", (after, min(limit, PIECE))
    )
    if not rows:
        # The newest entry is never let go, so there is nothing newer.
        return None
    if rows[0]["seq"] != after + 1:
        return NeedsCopy("The log no longer reaches back to what the hub has.")
    staying = kept_back(store)
    transactions: list[Transaction] = []
    size, upto = 0, after
    for row in rows:
        size += len(row["diff"])
        if size > PIECE_BYTES and upto > after:
            break
        entries = decode(row["diff"])
        if any(_switched(entry) for entry in entries):
            if upto > after:
                break
            return NeedsCopy("A plant's sync was switched, so the hub gets exactly what it may have now.")
        changes = [change for change in (leaving(entry, staying) for entry in entries) if change is not None]
        if changes:
            transactions.append(Transaction(row["seq"], row["at"], row["reducer"], row["caller"], changes))
        upto = row["seq"]
    return Piece(upto, transactions)


def fits(batch: Batch) -> bytes | None:
    """Return the batch as a message; None when it is too large for one."""
    payload = encode(batch)
    return payload if len(payload) <= MAX_MESSAGE else None


def _switched(entry: Entry) -> bool:
    return entry.table == "plant" and entry.new is not None and entry.old is not None and "sync" in entry.old
