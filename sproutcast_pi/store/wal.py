"""Checkpoint of a database that no daemon has open."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw


def fold_wal(path: Path, *, end_wal: bool = False) -> None:
    """Bring the write-ahead log into the database at `path`, so that the one file is all of it.

    `end_wal`: also leave WAL mode, so that no log file lies beside it. Raises apsw.Error, of which BusyError says that
    somebody else has the database open.
    """
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if end_wal:
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
