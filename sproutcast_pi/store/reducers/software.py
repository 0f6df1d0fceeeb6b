"""The version that runs, and the state of an update."""

from __future__ import annotations

from typing import Literal

from sproutcast_pi.messages.message import Message
from sproutcast_pi.store.arguments import Moment, Name, Percent, Sentence, Text
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.message_columns import message_columns
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import update_row
from sproutcast_pi.store.tables import Software

State = Literal["idle", "checking", "available", "installing", "restarting", "proving", "failed"]
ONLY = 1


@reducer(role="internal")
def set_software(
    ctx: Context,
    *,
    version: Name,
    state: State,
    message: Sentence | Message,
    slot: Literal["a", "b"] | None = None,
    available_version: Name | None = None,
    notes: Text | None = None,
    source: Literal["usb", "url"] | None = None,
    progress: Percent | None = None,
    checked_at: Moment | None = None,
) -> None:
    """Report the running version and the state of an update; nothing is written when it is as it was."""
    columns = {
        "version": version,
        "slot": slot,
        "state": state,
        "available_version": available_version,
        "notes": notes,
        "source": source,
        "progress": progress,
        **message_columns(message=message),
    }
    known = Software.get_or_none(Software.id == ONLY)
    if known is None:
        Software.create(id=ONLY, checked_at=checked_at, updated_at=ctx.at, **columns)
    elif update_row(known, **columns, checked_at=checked_at or known.checked_at):
        update_row(known, updated_at=ctx.at)
