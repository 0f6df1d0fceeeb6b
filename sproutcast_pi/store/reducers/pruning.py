"""Housekeeping: what is let go so that the card never fills."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.store.arguments import Moment, RowId
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import moment, update_row
from sproutcast_pi.store.tables import Capture

MAX_ROWS_PER_CALL = 5000
"""Rows removed in one transaction at most: more would hold up everybody else's."""

Hours = Annotated[float, Meta(ge=0.0, le=1e6)]
Bytes = Annotated[int, Meta(ge=0, le=2**53)]


@reducer(role="owner")
def locate_store(ctx: Context) -> str:
    """Say which file the database is; the pictures are in a folder beside it."""
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
    """Remove the light's history before a moment; returns how many rows went, at most 5000 a call."""
    return _delete(ctx, "light_change", "at < ?", before)


@reducer(role="internal")
def prune_notifications(ctx: Context, *, before: Moment) -> int:
    """Remove notifications that were read and are older than a moment, but not alerts that still hold.

    Returns how many, at most 5000 a call.
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
    """Shorten the transaction log to `keep_h` and `keep_bytes`; returns how many entries went, at most 5000 a call.

    What a registered follower has not acknowledged stays until the follower's own, wider bound is reached.
    The newest entry always stays: the next number follows from it.
    """
    own = max(_older_than(ctx, keep_h), _over_size(ctx, keep_bytes))
    followed = max(_older_than(ctx, follower_keep_h), _over_size(ctx, follower_keep_bytes))
    acknowledged = ctx.value("SELECT min(acknowledged_seq) FROM _follower")
    last = own if acknowledged is None else max(min(own, acknowledged), followed)
    ctx.execute(
        "DELETE FROM _tx WHERE seq IN (SELECT seq FROM _tx WHERE seq <= ? AND seq < (SELECT max(seq) FROM _tx) "
        "ORDER BY seq LIMIT ?)",
        (last, MAX_ROWS_PER_CALL),
    )
    return int(ctx.value("SELECT changes()"))


def _older_than(ctx: Context, hours: float) -> int:
    """The newest entry older than so many hours, 0 when none is."""
    before = to_text(ctx.now - timedelta(hours=min(hours, 24 * 365 * 50)))
    return int(ctx.value("SELECT coalesce(max(seq), 0) FROM _tx WHERE at < ?", (before,)))


def _over_size(ctx: Context, size: int) -> int:
    """The newest entry that no longer fits when the newest `size` bytes are kept, 0 when all fit."""
    total = 0
    for seq, length in ctx.execute("SELECT seq, length(diff) + 60 FROM _tx ORDER BY seq DESC"):
        total += length
        if total > size:
            return int(seq)
    return 0


def _delete(ctx: Context, table: str, rule: str, before: str) -> int:
    limit = to_text(moment(before, "before"))
    ctx.execute(
        f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {rule} ORDER BY id LIMIT {MAX_ROWS_PER_CALL})",  # noqa: S608 - all of it is ours
        (limit,),
    )
    return int(ctx.value("SELECT changes()"))
