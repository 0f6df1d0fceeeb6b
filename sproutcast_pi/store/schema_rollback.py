"""A program newer than we was tried and did not stay: take up the copy it left of our own database."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import apsw

from sproutcast_pi.atomic_file import fsync_dir, replace_durably
from sproutcast_pi.errors import StoreError
from sproutcast_pi.messages.areas import database
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message
from sproutcast_pi.store.wal import fold_wal

_logger = logging.getLogger(__name__)


def copy_path(path: Path, version: int) -> Path:
    """Where the database of that version is kept when a newer program takes it further."""
    return path.with_name(f"{path.name}.schema-{version}")


def save_copy(connection: apsw.Connection, path: Path, version: int) -> Path:
    """Leave the database beside it as it is, whole and on disk, for the program of that version; one copy stays."""
    copy = copy_path(path, version)
    temporary = copy.with_name(f"{copy.name}.part")
    temporary.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(temporary),))
    replace_durably(temporary, copy)
    for older in path.parent.glob(f"{path.name}.schema-*"):
        if older != copy:
            older.unlink()
    return copy


def roll_back_schema(path: Path, found: int, version: int, epoch: str) -> Message | None:
    """Put the copy of `version` in the place of a database of the newer `found`; a sentence for the owner.

    None when there is no copy: then nothing was touched. The newer one is kept beside it. `epoch` names the line of
    history that begins. At every moment of a power cut one of the two is whole at `path`.
    """
    copy = copy_path(path, version)
    if not copy.exists():
        return None
    connection = apsw.Connection(str(copy))
    try:
        connection.execute("REPLACE INTO _meta (name, value) VALUES ('epoch', ?)", (epoch,))
        ((last,),) = connection.execute("SELECT max(at) FROM _tx").fetchall()
    except apsw.Error as error:
        _logger.warning("the copy %s is of no use: %s", copy, error)
        return None
    finally:
        connection.close()
    _checkpoint_wal(path)
    newer = copy_path(path, found)
    newer.unlink(missing_ok=True)
    os.link(path, newer)
    copy.replace(path)
    fsync_dir(path.parent)
    _logger.error("the database of schema %d was set aside as %s; the one of schema %d is back", found, newer, version)
    if last:
        return database.ROLLED_BACK_TO(at=str(last), file=newer.name)
    return database.ROLLED_BACK(file=newer.name)


def _checkpoint_wal(path: Path) -> None:
    """Nothing of the newer database may be left in files that belong to whatever lies at `path`."""
    try:
        fold_wal(path, end_wal=True)
    except apsw.Error as error:
        raise StoreError(database.NOT_SET_ASIDE(path=str(path), reason=cause(error))) from error
