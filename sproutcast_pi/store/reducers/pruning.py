"""Housekeeping: what is let go so that the card never fills."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.store.arguments import Moment, RowId
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import json_text, moment, update_row
from sproutcast_pi.store.tables import Capture

MAX_ROWS_PER_CALL = 1000
"""Rows removed in one transaction at most: more would hold up everybody else's."""

SAMPLED_ENTRIES = 2000
"""Of the transaction log, to know how old and how large it is."""

Hours = Annotated[float, Meta(ge=0.0, le=1e6)]
Bytes = Annotated[int, Meta(ge=0, le=2**53)]


@reducer(role="owner")
def locate_store(ctx: Context) -> str:
    """Set the database's file; the pictures are in a folder beside it."""
    return str(ctx.value("SELECT file FROM pragma_database_list WHERE name = 'main'"))


@reducer(role="internal")
def remove_capture_files(
    ctx: Context, *, capture_ids: Annotated[list[RowId], Meta(max_length=MAX_ROWS_PER_CALL)]
) -> int:
    """Note that the pictures of these captures are gone; thumbnails and results stay. Returns how many had one."""
    removed = 0
    for start in range(0, len(capture_ids), 500):
        some = capture_ids[start : start + 500]
        for capture in Capture.select().where(Capture.id.in_(some), Capture.removed_at.is_null()):
            removed += update_row(capture, file=None, overlay=None, removed_at=ctx.at)
    return removed


@reducer(role="internal")
def remove_capture_thumbs(
    ctx: Context, *, capture_ids: Annotated[list[RowId], Meta(max_length=MAX_ROWS_PER_CALL)]
) -> int:
    """Note that the thumbnails of these captures are gone; results stay. Returns how many had one."""
    del ctx
    removed = 0
    for start in range(0, len(capture_ids), 500):
        some = capture_ids[start : start + 500]
        for capture in Capture.select().where(Capture.id.in_(some), Capture.thumb.is_null(False)):
            removed += update_row(capture, thumb=None)
    return removed


@reducer(role="internal")
def prune_light_changes(ctx: Context, *, before: Moment) -> int:
    """Remove the light's history before a moment; returns how many rows went, at most 1000 a call."""
    return _delete(ctx, "light_change", "at < ?", before)


@reducer(role="internal")
def prune_notifications(ctx: Context, *, before: Moment) -> int:
    """Remove notifications that were read and are older than a moment, but not alerts that still hold.

    Returns how many, at most 1000 a call.
    """
    read = "read_at IS NOT NULL AND snoozed_until_at IS NULL"
    over = "(resolved_at IS NOT NULL OR metric IS NULL AND question IS NULL)"
    return _delete(ctx, "notification", f"{read} AND {over} AND created_at < ?", before)


@reducer(role="internal")
def prune_log(
    ctx: Context,
    *,
    keep_h: Hours = 7 * 24.0,
    keep_bytes: Bytes = 20_000_000,
    follower_keep_h: Hours = 60 * 24.0,
    follower_keep_bytes: Bytes = 200_000_000,
) -> int:
    """Shorten the transaction log to `keep_h` and `keep_bytes`; returns how many entries went, at most 1000 a call.

    What a registered follower has not acknowledged stays until the follower's own, wider bound is reached.
    The newest entry always stays: the next number follows from it.
    """
    log = _LogSample.take(ctx)
    own = max(log.older_than(ctx.now, keep_h), log.over_size(keep_bytes))
    followed = max(log.older_than(ctx.now, follower_keep_h), log.over_size(follower_keep_bytes))
    acknowledged = ctx.value("SELECT min(acknowledged_seq) FROM _follower")
    last = own if acknowledged is None else max(min(own, acknowledged), followed)
    ctx.execute(
        "DELETE FROM _tx WHERE seq IN (SELECT seq FROM _tx WHERE seq <= ? AND seq < (SELECT max(seq) FROM _tx) "
        "ORDER BY seq LIMIT ?)",
        (last, MAX_ROWS_PER_CALL),
    )
    return int(ctx.value("SELECT changes()"))


class _LogSample(msgspec.Struct, frozen=True):
    """The oldest entries, all that one call may remove, and some of the rest: reading all would hold the store."""

    oldest: list[tuple[int, str, int]]
    """Number, moment and bytes of each."""
    others: list[tuple[int, str, int]]
    """The same of every n-th entry, of a short log of every one."""
    count: int

    @classmethod
    def take(cls, ctx: Context) -> _LogSample:
        columns = "seq, at, octet_length(diff) + 60"
        oldest = ctx.execute(f"SELECT {columns} FROM _tx ORDER BY seq LIMIT ?", (MAX_ROWS_PER_CALL,))  # noqa: S608 - ours
        first, last = int(ctx.value("SELECT min(seq) FROM _tx") or 1), int(ctx.value("SELECT max(seq) FROM _tx") or 0)
        count = last - first + 1
        numbers = list(range(first, last + 1, count // SAMPLED_ENTRIES + 1))
        sampled = f"SELECT {columns} FROM _tx WHERE seq IN (SELECT value FROM json_each(?))"  # noqa: S608 - ours
        return cls(list(oldest), list(ctx.execute(sampled, (json_text(numbers),))), count)

    def older_than(self, now: datetime, hours: float) -> int:
        """The newest entry known to be older than the given hours, 0 when none is."""
        before = to_text(now - timedelta(hours=min(hours, 24 * 365 * 50)))
        return max((seq for seq, at, _ in (*self.oldest, *self.others) if at < before), default=0)

    def over_size(self, keep_bytes: int) -> int:
        """The newest of the oldest entries that has to go so that about `keep_bytes` are left; 0 when none has."""
        mean = sum(size for _, _, size in self.others) / max(len(self.others), 1)
        excess, last = mean * self.count - keep_bytes, 0
        for seq, _, size in self.oldest:
            if excess <= 0:
                break
            last, excess = seq, excess - size
        return last


def _delete(ctx: Context, table: str, rule: str, before: str) -> int:
    limit = to_text(moment(before, "before"))
    ctx.execute(
        f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {rule} ORDER BY id LIMIT {MAX_ROWS_PER_CALL})",  # noqa: S608 - all of it is ours
        (limit,),
    )
    return int(ctx.value("SELECT changes()"))
