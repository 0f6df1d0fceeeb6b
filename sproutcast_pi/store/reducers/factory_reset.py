"""A device that changes hands, or starts over: what was its owner's goes, what was the plants' stays."""

from __future__ import annotations

from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.tables import Client, Notification, Setting


@reducer(role="internal")
def forget_owner(ctx: Context) -> None:
    """Remove every paired client, setting and notification; plants, pictures, results and care stay."""
    del ctx
    for table in (Client, Setting, Notification):
        table.delete().execute()
