"""Read the log onward from a place, as pieces that fit a message."""

from __future__ import annotations

import msgspec

from sproutcast_pi.protocol.sync import MAX_MESSAGE_BYTES, Batch, SyncTransaction, encode
from sproutcast_pi.services.sync.sync_filter import to_row_change
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.log import LoggedChange, decode

CHUNK_TRANSACTIONS = 100
"""Transactions in one message: large enough that the hub's commit is shared, small enough to resend."""
CHUNK_BYTES = 128 * 1024
"""Of log text; it packs to about a tenth."""


class LogChunk(msgspec.Struct, frozen=True):
    """What the log says from where it was asked up to `upto`; empty when nothing of it may leave."""

    upto: int
    transactions: list[SyncTransaction]


class SnapshotNeeded(msgspec.Struct, frozen=True):
    """The log can't provide it; a full copy of the rows can. `why` is a sentence."""

    why: str


def excluded_plants(store: Store) -> frozenset[int]:
    """Return the ids of the plants whose owner switched sync off."""
    return frozenset(row["id"] for row in store.query("SELECT id FROM plant WHERE sync = 0"))


def read_log(store: Store, after: int, limit: int) -> LogChunk | SnapshotNeeded | None:
    """Return what follows transaction `after`, at most `limit` transactions; None when nothing does."""
    rows = store.query(
        "SELECT seq, at, reducer, caller, diff FROM _tx WHERE seq > ? ORDER BY seq LIMIT ?",
        (after, min(limit, CHUNK_TRANSACTIONS)),
    )
    if not rows:
        # The newest entry is never let go, so there is nothing newer.
        return None
    if rows[0]["seq"] != after + 1:
        return SnapshotNeeded("The log no longer reaches back to what the hub has.")
    staying = excluded_plants(store)
    transactions: list[SyncTransaction] = []
    size, upto = 0, after
    for row in rows:
        size += len(row["diff"])
        if size > CHUNK_BYTES and upto > after:
            break
        entries = decode(row["diff"])
        if any(_sync_setting_changed(entry) for entry in entries):
            if upto > after:
                break
            return SnapshotNeeded("A plant's sync was switched, so the hub gets exactly what it may have now.")
        changes = [change for change in (to_row_change(entry, staying) for entry in entries) if change is not None]
        if changes:
            transactions.append(SyncTransaction(row["seq"], row["at"], row["reducer"], row["caller"], changes))
        upto = row["seq"]
    return LogChunk(upto, transactions)


def encode_if_fits(batch: Batch) -> bytes | None:
    """Return the batch as a message; None when it is too large for one."""
    payload = encode(batch)
    return payload if len(payload) <= MAX_MESSAGE_BYTES else None


def _sync_setting_changed(entry: LoggedChange) -> bool:
    return entry.table == "plant" and entry.new is not None and entry.old is not None and "sync" in entry.old
