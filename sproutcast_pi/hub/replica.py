"""A live copy of the hub's PostgreSQL in a local store, so that live queries are served by the same engine everywhere.

PostgreSQL notifies at each commit which device moved (LISTEN); what it moved by is read from the log of messages there
and applied here exactly as a worker did. The copy may be thrown away at any time: what the log no longer has is copied
whole.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from typing import Any

from sproutcast_pi.hub.notifications import Notifications
from sproutcast_pi.hub.postgres import CHANNEL, connect, create_tables
from sproutcast_pi.hub.schema import HUB_TABLES
from sproutcast_pi.protocol.sync import RowChange, SequenceGap, SnapshotPart, encode
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
POLL_S = 1.0
ROWS_PER_PART = 500
_PHOTOS = (
    "SELECT capture_id, kind, sha256, bytes, file FROM photo WHERE device = %s AND epoch = %s ORDER BY received_at"
)


class Replica:
    """A service: keeps `store` equal to the database at `url`; calls `forgotten` when a device was taken out of it."""

    name = "replica"

    def __init__(self, store: Store, url: str, forgotten: Callable[[], None]) -> None:
        self._store = store
        self._url = url
        self._on_removed = forgotten

    def run(self, stop: threading.Event) -> None:
        """Follow until `stop` is set; raises when the database goes away, to be started again."""
        database = connect(self._url)
        create_tables(database)
        connection: Any = database.connection()
        try:
            notifications = Notifications(connection, CHANNEL)
            self._remove_unknown_devices(connection)
            # Whoever was removed while nobody listened is only known to be missing.
            self._on_removed()
            for place in connection.execute("SELECT device, epoch FROM _position").fetchall():
                self._follow(connection, [("rows", *place), ("facts", *place)])
            while not stop.is_set():
                self._follow(connection, sorted({tuple(one.split(" ")) for one in notifications.wait(POLL_S)}))
        finally:
            database.close()

    def _follow(self, connection: Any, notified: list[tuple[str, ...]]) -> None:
        for kind, device, epoch in notified:
            if kind == "rows":
                self._catch_up(connection, device, epoch)
            elif kind == "gone":
                self._remove(device)
                self._on_removed()
                # It may have been paired again since.
                for (present,) in connection.execute("SELECT epoch FROM _position WHERE device = %s", (device,)):
                    self._follow(connection, [("rows", device, present), ("facts", device, present)])
            else:
                self._sync_photos(connection, device, epoch)

    def _remove_unknown_devices(self, connection: Any) -> None:
        """Take out of the copy who has anything there that the database no longer knows."""
        devices = {device for (device,) in connection.execute("SELECT id FROM device").fetchall()}
        positions = set(connection.execute("SELECT device, epoch FROM _position").fetchall())
        here = self._store.query("SELECT device, epoch FROM _position")
        unknown = {row["device"] for row in here if (row["device"], row["epoch"]) not in positions}
        unknown |= {row["id"] for row in self._store.query("SELECT id FROM device")} - devices
        for device in sorted(unknown):
            self._remove(device)

    def _remove(self, device: str) -> None:
        """Take one device out of the copy, if it is there."""
        if self._store.query("SELECT 1 AS there FROM device WHERE id = ?", (device,)):
            self._store.call("forget_device", {"device": device}, caller=INTERNAL)

    def _catch_up(self, connection: Any, device: str, epoch: str) -> None:
        there = connection.execute(
            "SELECT upto, snapshot FROM _position WHERE device = %s AND epoch = %s", (device, epoch)
        ).fetchone()
        if there is None:
            return
        found = self._store.query(
            "SELECT upto, snapshot FROM _position WHERE device = ? AND epoch = ?", (device, epoch)
        )
        here = (found[0]["upto"], found[0]["snapshot"]) if found else (0, None)
        if there[1] is not None and there[1] != here[1]:
            self._copy_all_rows(connection, device, epoch, there[1])
            return
        batches = connection.execute(
            "SELECT content FROM _batch WHERE device = %s AND epoch = %s AND kind = 'rows' AND upto > %s ORDER BY upto",
            (device, epoch, here[0]),
        ).fetchall()
        futures = [self._apply(device, bytes(content)) for (content,) in batches]
        answers = [future.result().value for future in futures]
        if any(isinstance(answer, SequenceGap) for answer in answers) or (not answers and there[0] > here[0]):
            self._copy_all_rows(connection, device, epoch, secrets.token_hex(8))

    def _apply(self, device: str, payload: bytes) -> Any:
        return self._store.submit(
            "take_message", {"device": device, "payload": payload, "enrol": True}, caller=INTERNAL
        )

    def _copy_all_rows(self, connection: Any, device: str, epoch: str, snapshot: str) -> None:
        """Copy every row of a device and epoch as of one moment."""
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            there = connection.execute(
                "SELECT upto FROM _position WHERE device = %s AND epoch = %s", (device, epoch)
            ).fetchone()
            if there is None:  # removed since it was notified; that is notified too
                return
            (upto,) = there
            pieces = list(_row_chunks(connection, device, epoch)) or [[]]
        for number, rows in enumerate(pieces):
            part = SnapshotPart(epoch, upto, snapshot, number, len(pieces), rows, instead=True)
            self._apply(device, encode(part)).result()

    def _sync_photos(self, connection: Any, device: str, epoch: str) -> None:
        known = {
            (row["capture_id"], row["kind"], row["sha256"])
            for row in self._store.query(
                "SELECT capture_id, kind, sha256 FROM photo WHERE device = ? AND epoch = ?", (device, epoch)
            )
        }
        for capture, kind, sha256, size, file in connection.execute(_PHOTOS, (device, epoch)).fetchall():
            if (capture, kind, sha256) not in known:
                self._store.submit(
                    "keep_photo",
                    {
                        "device": device,
                        "epoch": epoch,
                        "capture_id": capture,
                        "kind": kind,
                        "sha256": sha256,
                        "size": size,
                        "file": file,
                    },
                    caller=INTERNAL,
                )


def _row_chunks(connection: Any, device: str, epoch: str) -> Iterator[list[RowChange]]:
    rows: list[RowChange] = []
    for table in HUB_TABLES.values():
        names = [column.name for column in table.columns]
        quoted = ", ".join(f'"{name}"' for name in names)
        found = connection.execute(
            f'SELECT {quoted} FROM "{table.name}" WHERE device = %s AND epoch = %s',  # noqa: S608 - names of ours
            (device, epoch),
        )
        for values in found:
            rows.append(RowChange(table.name, dict(zip(names, values, strict=True))))
            if len(rows) == ROWS_PER_PART:
                yield rows
                rows = []
    if rows:
        yield rows
