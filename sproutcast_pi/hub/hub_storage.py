"""Where the hub keeps things: take a message, note a photograph. SQLite through the live store, or PostgreSQL."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, Protocol

from sproutcast_pi.hub.device_rows import has_photo, is_paired
from sproutcast_pi.hub.transaction import Values
from sproutcast_pi.protocol.sync import HubMessage, PhotoChunk
from sproutcast_pi.store.engine import INTERNAL, Store


class HubStorage(Protocol):
    """A hub's database. Safe to use from every thread."""

    def apply(self, device: str, payload: bytes) -> Future[HubMessage]:
        """Apply what a device sent; the future is done with the answer when it is on disk.

        It fails when nothing could be written (a full disk, a lost connection): then there is no answer.
        """

    def has_photo(self, device: str, chunk: PhotoChunk) -> bool | None:
        """Whether this picture is there; None when the device may not send."""

    def record_photo(self, device: str, chunk: PhotoChunk, file: str) -> None:
        """Note that the picture lies on disk whole; returns when the note does too."""

    def close(self) -> None:
        """Finish and close."""


class StoreReader:
    """A store's reading side."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def rows(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Return the whole answer."""
        return [tuple(row.values()) for row in self._store.query(sql, values)]


class SqliteStorage:
    """The hub's own store: one process takes in, and serves the live queries."""

    def __init__(self, store: Store, *, enrol: bool) -> None:
        self._store = store
        self._enrol = enrol

    def apply(self, device: str, payload: bytes) -> Future[HubMessage]:
        """Apply what a device sent."""
        done: Future[HubMessage] = Future()

        def on_applied(called: Future[Any]) -> None:
            error = called.exception()
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(called.result().value)

        args = {"device": device, "payload": payload, "enrol": self._enrol}
        self._store.submit("take_message", args, caller=INTERNAL).add_done_callback(on_applied)
        return done

    def has_photo(self, device: str, chunk: PhotoChunk) -> bool | None:
        """Whether this picture is there."""
        session = StoreReader(self._store)
        if not self._enrol and not is_paired(session, device):
            return None
        return has_photo(session, device, chunk)

    def record_photo(self, device: str, chunk: PhotoChunk, file: str) -> None:
        """Note the picture."""
        self._store.call(
            "keep_photo",
            {
                "device": device,
                "epoch": chunk.epoch,
                "capture_id": chunk.capture,
                "kind": chunk.kind,
                "sha256": chunk.sha256,
                "size": chunk.total,
                "file": file,
            },
            caller=INTERNAL,
        )

    def close(self) -> None:
        """Whoever opened the store closes it."""
