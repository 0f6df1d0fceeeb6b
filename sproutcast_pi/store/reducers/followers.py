"""Followers of the log: who still needs what was written, such as the sync to a server."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import refusals
from sproutcast_pi.messages.marking import _
from sproutcast_pi.store.arguments import Name
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer

Seq = Annotated[int, Meta(ge=0, le=2**53, description=_("a transaction's number"))]


@reducer(role="internal")
def register_follower(ctx: Context, *, name: Name, acknowledged_seq: Seq = 0) -> int:
    """Keep the log from `acknowledged_seq` on for a follower, once; returns how far it is known to be."""
    ctx.execute("INSERT OR IGNORE INTO _follower VALUES (?, ?, ?)", (name, acknowledged_seq, ctx.at))
    return int(ctx.value("SELECT acknowledged_seq FROM _follower WHERE name = ?", (name,)))


@reducer(role="internal")
def acknowledge_log(ctx: Context, *, name: Name, seq: Seq) -> None:
    """A follower has everything up to `seq` for good; an older acknowledgement changes nothing."""
    known = ctx.value("SELECT acknowledged_seq FROM _follower WHERE name = ?", (name,))
    if known is None:
        raise RefusedError(refusals.NO_FOLLOWER(name=name), code="not_found", field="name")
    if seq > known:
        ctx.execute("UPDATE _follower SET acknowledged_seq = ?, seen_at = ? WHERE name = ?", (seq, ctx.at, name))


@reducer(role="internal")
def forget_follower(ctx: Context, *, name: Name) -> None:
    """Keep nothing more for a follower; forgetting an unknown one changes nothing."""
    ctx.execute("DELETE FROM _follower WHERE name = ?", (name,))
