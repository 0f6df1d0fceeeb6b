"""Every write at the hub: what devices send, photographs that arrived, devices paired and removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import apsw
from msgspec import Meta

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.hub import pairing
from sproutcast_pi.hub.apply_messages import apply_message
from sproutcast_pi.hub.device_rows import record_photo, remove_device
from sproutcast_pi.hub.pairing import Invitation
from sproutcast_pi.hub.passwords import PasswordHashes
from sproutcast_pi.hub.transaction import Values
from sproutcast_pi.messages.areas import hub
from sproutcast_pi.model.device_ids import DEVICE_ID_PATTERN
from sproutcast_pi.protocol.sync import MAX_MESSAGE_BYTES, HubMessage
from sproutcast_pi.store.arguments import Line, Moment, Name
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer

Device = Annotated[str, Meta(pattern=DEVICE_ID_PATTERN, description="a device id")]


class ReducerTransaction:
    """A reducer's context as a session."""

    row_errors: tuple[type[Exception], ...] = (apsw.ConstraintError, apsw.MismatchError, apsw.TooBigError)

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.now = ctx.at

    def rows(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Return the whole answer."""
        return list(self._ctx.execute(sql, tuple(values)))

    def run(self, sql: str, values: Values = ()) -> None:
        """Run one statement."""
        self._ctx.execute(sql, tuple(values))

    def run_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Run one statement for each of `rows`."""
        for values in rows:
            self._ctx.execute(sql, tuple(values))

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens within when it raises."""
        with self._ctx.savepoint():
            yield

    def lock_device(self, device: str) -> None:
        """There is only one writer, so nothing to do."""

    def notify_applied(self, device: str, epoch: str, upto: int, kind: str, content: bytes) -> None:
        """The store's own log notifies followers."""

    def notify_removed(self, device: str) -> None:
        """The store's own log notifies followers."""


@reducer(role="internal")
def take_message(
    ctx: Context,
    *,
    device: Device,
    payload: Annotated[bytes, Meta(max_length=2 * MAX_MESSAGE_BYTES)],
    enrol: bool = False,
) -> HubMessage:
    """Apply what a device sent; the answer may go out once this call is done."""
    return apply_message(ReducerTransaction(ctx), device, payload, enrol=enrol)


@reducer(role="internal")
def keep_photo(
    ctx: Context,
    *,
    device: Device,
    epoch: str,
    capture_id: int,
    kind: str,
    sha256: str,
    size: int,
    file: str,
) -> None:
    """Note that a photograph of a device lies on disk whole."""
    record_photo(ReducerTransaction(ctx), (device, epoch, capture_id, kind, sha256, size, file))


@reducer(role="owner")
def forget_device(ctx: Context, *, device: Device) -> int:
    """Remove a device and every row of it; returns how many of its epochs there were. Photographs stay on disk."""
    epochs = remove_device(ReducerTransaction(ctx), device)
    if epochs is None:
        raise RefusedError(hub.NO_DEVICE(device=device), code="not_found", field="device")
    return epochs


@reducer(role="internal")
def prune_hub_log(ctx: Context, *, before: Moment, at_most: int) -> int:
    """Let go of log entries from before a moment, never the newest; returns how many."""
    ctx.execute(
        "DELETE FROM _tx WHERE seq IN (SELECT seq FROM _tx WHERE at < ? AND seq < (SELECT max(seq) FROM _tx) "
        "ORDER BY seq LIMIT ?)",
        (before, at_most),
    )
    return int(ctx.execute("SELECT changes()").get)


@reducer(role="owner")
def invite_device(ctx: Context, *, device: Device | None = None) -> Invitation:
    """Make a code that pairs one device, valid for a quarter of an hour; `device` names one to be paired again."""
    return pairing.invite(ReducerTransaction(ctx), device)


@reducer(role="internal")
def pair_device(
    ctx: Context, *, code: Name, device: Device, name: Name, mosquitto: Line, nats: Line, rabbitmq: Line
) -> None:
    """Use up a code: the device may send from now on, with the password of which these are the hashes."""
    pairing.pair(ReducerTransaction(ctx), code, device, name, PasswordHashes(mosquitto, nats, rabbitmq))
