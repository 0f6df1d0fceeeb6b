"""The hub's store: the same engine as a device's, over the hub's tables."""

from __future__ import annotations

import secrets
from pathlib import Path

import apsw

from sproutcast_pi.hub import reducers
from sproutcast_pi.hub.schema import sqlite_statements
from sproutcast_pi.hub.schema_upgrade import columns_of, upgrade_statements
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.store.database import open_writer
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.reducer import Reducer, collect_reducers
from sproutcast_pi.store.reducers import clients, followers
from sproutcast_pi.store.schema import VERSION, create_statements
from sproutcast_pi.store.tables import Client

NAME = "hub"


def hub_reducers() -> dict[str, Reducer]:
    """Return every reducer of a hub by its name."""
    return collect_reducers((reducers, clients, followers))


def open_hub_store(path: Path, clock: Clock) -> Store:
    """Open a hub's store, made when missing; raises StoreError as `Store` does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _prepare(path, clock)
    return Store(path, clock=clock, device=NAME, reducers=hub_reducers())


def _prepare(path: Path, clock: Clock) -> None:
    """Write the hub's tables into an empty database, or what an older one lacks; all or nothing."""
    connection = open_writer(path)
    try:
        if connection.pragma("user_version") != 0:
            _upgrade(connection)
            return
        connection.pragma("auto_vacuum", 2)
        with connection:
            for statement in (*create_statements([Client]), *sqlite_statements()):
                connection.execute(statement)
            facts = {"device": NAME, "epoch": secrets.token_hex(8), "created_at": to_text(clock.now())}
            for fact in facts.items():
                connection.execute("INSERT INTO _meta (name, value) VALUES (?, ?)", fact)
            connection.pragma("user_version", VERSION)
    finally:
        connection.close()


def _upgrade(connection: apsw.Connection) -> None:
    """Bring an older hub's tables forward; a newer one's are left for `Store` to refuse."""
    if connection.pragma("user_version") > VERSION:
        return
    with connection:
        for statement in upgrade_statements(columns_of(connection), sqlite_statements(), {}):
            connection.execute(statement)
        connection.pragma("user_version", VERSION)
