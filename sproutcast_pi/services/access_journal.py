"""Journal of what each paired client may do, beside the database: withdrawals outlive every way back in time.

A backup that is restored, a nightly copy that takes a damaged database's place and a step back after an update all
bring back the rows of an earlier day, phones that were revoked since among them. This file is in no backup; at each
start it counts more than the rows.
"""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.store.callers import INTERNAL
from sproutcast_pi.store.engine import QuerySubscription, Store
from sproutcast_pi.store.messages import Message, QueryDiff, Row

FILE_NAME = "access.json"
MAX_ENTRIES = 5000
"""Far more than ever paired; the oldest go first."""
SETTLE_TIMEOUT_S = 10.0
LOG = logging.getLogger(__name__)

Entries = dict[str, str | None]
"""Role by hash of the token; None: it was revoked, or its row removed."""


class AccessJournal:
    """Follows the table `client`; made and started before anybody is let in."""

    def __init__(self, store: Store, path: Path) -> None:
        self._store = store
        self._path = path
        self._entries = read_journal(path)
        self._live: frozenset[str] = frozenset()
        self._subscription: QuerySubscription | None = None

    def start(self) -> None:
        """Bring rows of an earlier day up to the journal, then follow them. Raises RefusedError."""
        for row in self._rows():
            journalled = self._entries.get(row["token_hash"], row["role"])
            if journalled is None and row["revoked_at"] is None:
                self._store.call("revoke_client", {"client_id": row["id"]}, caller=INTERNAL)
            elif journalled is not None and journalled != row["role"]:
                self._store.call("set_client_role", {"client_id": row["id"], "role": journalled}, caller=INTERNAL)
        self._subscription = self._store.subscribe("SELECT * FROM client", self._on_message, caller=INTERNAL)
        self._subscription.wait_settled(SETTLE_TIMEOUT_S)
        self._store.run_on_writer(self._record)

    def _on_message(self, message: Message) -> None:
        """Runs on the writer's thread, before whoever changed a client has the answer."""
        if isinstance(message, QueryDiff):
            self._record()

    def _record(self) -> None:
        rows = self._rows()
        entries = dict(self._entries)
        present = frozenset(row["token_hash"] for row in rows)
        entries |= dict.fromkeys(self._live - present)
        entries |= {row["token_hash"]: None if row["revoked_at"] else row["role"] for row in rows}
        self._live = present
        if entries != self._entries:
            self._entries = entries
            try:
                write_journal(self._path, entries)
            except OSError as error:
                LOG.warning("%s can't be written (%s); it is written again at the next start", self._path, error)

    def _rows(self) -> list[Row]:
        return self._store.query("SELECT id, token_hash, role, revoked_at FROM client ORDER BY id")


def read_journal(path: Path) -> Entries:
    """The entries of a journal; none when there is no file, or a damaged one, which is put aside."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Entries)
    except FileNotFoundError:
        return {}
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        LOG.warning("%s is damaged (%s) and was put aside", path, error)
        path.replace(path.with_name(f"{path.name}.damaged"))
        return {}


def write_journal(path: Path, entries: Entries) -> None:
    """Replace the journal; only its owner may read it. Raises OSError."""
    kept = dict(list(entries.items())[-MAX_ENTRIES:])
    write_atomic(path, msgspec.json.encode(kept), mode=0o600)


def revoke_all(path: Path) -> bool:
    """Let nobody of this journal in again, whatever is restored; whether there was one."""
    entries = read_journal(path)
    if entries:
        write_journal(path, dict.fromkeys(entries))
    return bool(entries)
