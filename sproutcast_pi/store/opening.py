"""Open a database: make it when missing, check it, bring it forward."""

from __future__ import annotations

import secrets
from pathlib import Path

import apsw
import msgspec

from sproutcast_pi.errors import StoreError
from sproutcast_pi.model.moments import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.store.database import open_writer
from sproutcast_pi.store.schema import VERSION, create_statements
from sproutcast_pi.store.tables import TABLES


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """How the opening went."""

    epoch: str
    """Names this line of history: new in a fresh or restored database, whose numbers begin anew."""
    trouble: str | None = None
    """A sentence for the owner when something was wrong."""


def open_database(path: Path, device: str, clock: Clock) -> Opened:
    """Make `path` a sound database of our version; raises StoreError when a newer program wrote it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = open_writer(path)
    try:
        version = connection.pragma("user_version")
        if version == 0:
            create(connection, device, clock)
        elif version > VERSION:
            raise StoreError(
                f"{path} was written by a newer Sproutcast Pi (schema {version}, this one knows {VERSION}); "
                "install that version again, or restore a backup made by this one"
            )
        return Opened(epoch=read_meta(connection, "epoch"))
    finally:
        connection.close()


def create(connection: apsw.Connection, device: str, clock: Clock) -> None:
    """Write tables, the one light row and a new epoch into an empty database, all or nothing."""
    connection.pragma("auto_vacuum", 2)
    now = to_text(clock.now())
    with connection:
        for statement in create_statements(TABLES):
            connection.execute(statement)
        connection.execute("INSERT INTO light (id, updated_at) VALUES (1, ?)", (now,))
        facts = {"device": device, "epoch": secrets.token_hex(8), "created_at": now}
        for fact in facts.items():
            connection.execute("INSERT INTO _meta (name, value) VALUES (?, ?)", fact)
        connection.pragma("user_version", VERSION)


def read_meta(connection: apsw.Connection, name: str) -> str:
    """Return a fact the database holds about itself; raises StoreError when it is missing."""
    row = connection.execute("SELECT value FROM _meta WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise StoreError(f"the database doesn't say its {name}; it is not one of ours, or damaged")
    return str(row[0])
