"""The write connection as peewee wants it, and which database a peewee model means on this thread."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apsw
from peewee import DatabaseProxy
from playhouse.apsw_ext import APSWDatabase

from sproutcast_pi.errors import StoreError

_TRANSACTION_STATEMENTS = ("BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE")


class WriteDatabase(APSWDatabase):  # type: ignore[misc]  # peewee ships without types
    """Peewee over a connection that the writer opened and alone begins and ends transactions on."""

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection.filename, thread_safe=False)
        self._apsw_connection = connection

    def _connect(self) -> apsw.Connection:
        self._add_conn_hooks(self._apsw_connection)
        return self._apsw_connection

    def execute_sql(self, sql: str, params: Sequence[Any] | None = None) -> Any:
        """Run one statement; a transaction statement is refused, because diffs would no longer be right."""
        if sql[:9].upper().startswith(_TRANSACTION_STATEMENTS):
            raise StoreError(f"a reducer may not say {sql.split(maxsplit=1)[0]}; use ctx.savepoint() or ctx.call()")
        return super().execute_sql(sql, params)


class ThreadLocalDatabase(DatabaseProxy):
    """Stands for the database whose writer runs on the asking thread; anywhere else models can't be used.

    Two stores in one process (a device and its server, in a test) keep apart this way.
    """

    def __init__(self) -> None:
        object.__setattr__(self, "_local", threading.local())
        super().__init__()

    @property
    def obj(self) -> WriteDatabase | None:
        """The database, None on a thread that writes none."""
        return getattr(self._local, "database", None)

    @obj.setter
    def obj(self, database: WriteDatabase | None) -> None:
        self._local.database = database

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def atomic(self, *_args: Any, **_options: Any) -> Any:
        """Refused: the context's savepoints keep diffs right, peewee's would not."""
        raise StoreError("a reducer may not open its own transaction; use ctx.savepoint() or ctx.call()")

    savepoint = transaction = manual_commit = atomic


def open_writer(path: Path) -> apsw.Connection:
    """Open the only connection that writes: WAL, every commit on disk before it counts, foreign keys kept."""
    if not hasattr(apsw.Connection, "preupdate_hook"):
        raise StoreError("this apsw was built without SQLITE_ENABLE_PREUPDATE_HOOK; install apsw from PyPI")
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(5000)
    if not connection.pragma("page_count"):
        connection.pragma("auto_vacuum", "INCREMENTAL")
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -2000",
        "temp_store = MEMORY",
        "journal_size_limit = 8000000",
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def open_reader(path: Path) -> apsw.Connection:
    """Open a connection that can't write, and never checkpoints."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(5000)
    for pragma in ("query_only = ON", "wal_autocheckpoint = 0", "cache_size = -1000", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection
