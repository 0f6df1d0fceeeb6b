"""Get the database back out of a backup."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

import apsw

from sproutcast_pi.discard_file import discard
from sproutcast_pi.errors import StoreError
from sproutcast_pi.file_hash import sha256_of
from sproutcast_pi.messages.areas import backups
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.store.archive import DATABASE, PICTURES, next_file, open_backup, read_manifest, safe_picture
from sproutcast_pi.store.foreign_schema import ForeignDatabaseError, remove_foreign_objects, require_usable
from sproutcast_pi.store.schema import VERSION

PICTURE_COLUMNS = ("file", "thumb", "overlay")
_logger = logging.getLogger(__name__)


def newest_backup(folder: Path) -> Path | None:
    """Return the newest backup in `folder` whose database is sound and not newer than ours; None when there is none."""
    backups = sorted(folder.glob("*.tar"), key=lambda path: path.stat().st_mtime, reverse=True)
    for backup in backups:
        trial = backup.with_name(f"{backup.name}.trial")
        try:
            extract_database(backup, trial)
        except (StoreError, OSError) as error:
            _logger.warning("the backup %s is of no use: %s", backup, error)
        else:
            return backup
        finally:
            trial.unlink(missing_ok=True)
    return None


def extract_database(backup: Path, target: Path) -> None:
    """Leave the backup's database at `target`, whole, sound and on disk; raises StoreError when it is not sound."""
    temporary = target.with_name(f"{target.name}.part")
    try:
        with open_backup(backup) as archive:
            manifest = read_manifest(archive, backup)
            if manifest.schema > VERSION:
                raise StoreError(backups.NEWER_SCHEMA(path=str(backup), found=manifest.schema, version=VERSION))
            found = next_file(archive)
            if found is None or found[0] != DATABASE:
                raise StoreError(backups.NO_DATABASE_IN(path=str(backup)))
            with temporary.open("wb") as file:
                shutil.copyfileobj(found[1], file)
                file.flush()
                os.fsync(file.fileno())
        if sha256_of(temporary) != manifest.database_sha256:
            raise StoreError(backups.OTHER_DATABASE(path=str(backup)))
        _make_safe(temporary, backup, manifest.schema)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        discard(temporary, *(temporary.with_name(temporary.name + ending) for ending in ("-journal", "-wal", "-shm")))


def _make_safe(database: Path, backup: Path, schema: int) -> None:
    """Raise StoreError when it is damaged or the next start could not use it; take out what no program of ours makes.

    What is foreign goes first: SQLite's own check of a database would run the expressions in it.
    """
    connection = apsw.Connection(str(database))
    try:
        connection.pragma("trusted_schema", False)
        connection.pragma("journal_mode", "DELETE")
        for removed in remove_foreign_objects(connection):
            _logger.warning("%s: %s", backup, removed)
        found = connection.execute("PRAGMA integrity_check(1)").fetchall()
        if found != [("ok",)]:
            raise StoreError(backups.DATABASE_DAMAGED(path=str(backup), reason=str(found[0][0])))
        with connection:
            for column in PICTURE_COLUMNS:
                for cleared in _clear_unsafe_paths(connection, column):
                    _logger.warning("%s: %s", backup, cleared)
        require_usable(connection, schema)
    except ForeignDatabaseError as error:
        raise StoreError(backups.DATABASE_UNUSABLE(path=str(backup), reason=error.message)) from error
    except apsw.Error as error:
        raise StoreError(backups.DATABASE_DAMAGED(path=str(backup), reason=cause(error))) from error
    finally:
        connection.close()


def _clear_unsafe_paths(connection: apsw.Connection, column: str) -> list[str]:
    unsafe = [
        row_id
        for row_id, name in connection.execute(f"SELECT id, {column} FROM capture WHERE {column} IS NOT NULL")  # noqa: S608 - ours
        if str(safe_picture(f"{PICTURES}/{name}")) != name
    ]
    for row_id in unsafe:
        connection.execute(f"UPDATE capture SET {column} = NULL WHERE id = ?", (row_id,))  # noqa: S608 - ours
    return [f"photo {row_id} named a {column} outside the picture folder" for row_id in unsafe]
