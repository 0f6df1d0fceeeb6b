"""Status messages of the sync."""

from __future__ import annotations

import msgspec

from sproutcast_pi.messages.areas import sync
from sproutcast_pi.messages.message import Message

FOLLOWER = "sync"
"""What the log knows the hub as."""


class SyncStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a part of the sync is, as the table `health` wants it."""

    state: str
    message: Message
    advice: Message | None = None
    value: float | None = None


def disabled() -> SyncStatus:
    """Status when the owner does not want it."""
    return SyncStatus(state="off", message=sync.OFF())


def not_configured(why: Message) -> SyncStatus:
    """Status when it is wanted and no hub is known."""
    return SyncStatus(state="bad", message=why, advice=sync.PAIR_OR_NAME())


def hub_silent(seconds: float) -> SyncStatus:
    """Status when the broker is there and the hub does not answer."""
    return SyncStatus(
        state="warn",
        message=sync.SILENT(seconds=seconds),
        advice=sync.CHECK_HUB(),
    )


def rejected(reason: Message) -> SyncStatus:
    """Status when the hub takes nothing from us."""
    return SyncStatus(state="bad", message=sync.REJECTED(reason=reason), advice=sync.PAIR_AGAIN())


def publish_rejected(code: int) -> SyncStatus:
    """Status when the broker will not take what we publish; `code` is an MQTT 5 reason."""
    if code == 0x87:  # noqa: PLR2004 - MQTT 5: not authorized
        return SyncStatus(
            state="bad",
            message=sync.NOT_AUTHORIZED(),
            advice=sync.LOAD_RULES(),
        )
    return SyncStatus(
        state="warn",
        message=sync.BROKER_FULL(code=f"0x{code:02x}"),
        advice=sync.CHECK_BROKER(),
    )


def connected() -> SyncStatus:
    """Status when the hub answers."""
    return SyncStatus(state="ok", message=sync.CONNECTED())


def backlog(rows: int, pictures: int) -> SyncStatus:
    """Status of what still has to go to the hub."""
    if not rows and not pictures:
        return SyncStatus(state="ok", message=sync.ALL_SENT(), value=0.0)
    return SyncStatus(state="ok", message=sync.BACKLOG(rows=rows, photos=pictures), value=float(rows + pictures))
