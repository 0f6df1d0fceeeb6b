"""What the owner is told about the sync."""

from __future__ import annotations

import msgspec

FOLLOWER = "sync"
"""What the log knows the hub as."""


class SyncStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a part of the sync is, as the table `health` wants it."""

    state: str
    message: str
    advice: str | None = None
    value: float | None = None


def disabled() -> SyncStatus:
    """What to say when the owner does not want it."""
    return SyncStatus(state="off", message="Sync is switched off: nothing leaves this device.")


def not_configured(why: str) -> SyncStatus:
    """What to say when it is wanted and no hub is known."""
    return SyncStatus(
        state="bad", message=why, advice="Pair the device with a hub, or name its broker in [sync.broker]."
    )


def hub_silent(seconds: float) -> SyncStatus:
    """What to say when the broker is there and the hub does not answer."""
    return SyncStatus(
        state="warn",
        message=f"The hub has not answered for {_span(seconds)}; everything is kept here until it does.",
        advice="Check that the hub runs and listens to the same broker.",
    )


def rejected(reason: str) -> SyncStatus:
    """What to say when the hub takes nothing from us."""
    return SyncStatus(
        state="bad", message=f"The hub refuses this device: {reason}", advice="Pair the device with the hub again."
    )


def publish_rejected(code: int) -> SyncStatus:
    """What to say when the broker will not take what we publish; `code` is an MQTT 5 reason."""
    if code == 0x87:  # noqa: PLR2004  # MQTT 5: not authorized
        return SyncStatus(
            state="bad",
            message="The broker does not let this device send to the hub.",
            advice="Pair the device with the hub again, and load the hub's access rules into the broker.",
        )
    return SyncStatus(
        state="warn",
        message=f"The broker takes no more messages just now (reason 0x{code:02x}); everything is kept here.",
        advice="Check the broker's limits and disk.",
    )


def connected() -> SyncStatus:
    """What to say when the hub answers."""
    return SyncStatus(state="ok", message="Connected; the hub answers.")


def backlog(rows: int, pictures: int) -> SyncStatus:
    """What to say about what still has to go to the hub."""
    if not rows and not pictures:
        return SyncStatus(state="ok", message="Everything is on the hub.", value=0.0)
    return SyncStatus(
        state="ok", message=f"{rows} changes and {pictures} pictures wait for the hub.", value=float(rows + pictures)
    )


def _span(seconds: float) -> str:
    if seconds < 120:  # noqa: PLR2004  # two minutes
        return f"{seconds:.0f} seconds"
    if seconds < 7200:  # noqa: PLR2004  # two hours
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours"
