"""Get the database back out of a backup."""

from __future__ import annotations

import logging
import os
import shutil
import tarfile
from pathlib import Path

import apsw

from sproutcast_pi.discard_file import discard
from sproutcast_pi.errors import StoreError
from sproutcast_pi.file_hash import sha256_of
from sproutcast_pi.store.archive import DATABASE, PICTURES, read_manifest, safe_picture
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
        with tarfile.open(backup, "r:") as archive:
            manifest = read_manifest(archive, backup)
            if manifest.schema > VERSION:
                raise StoreError(
                    f"{backup} was made by a newer Sproutcast Pi (schema {manifest.schema}, this one knows {VERSION}); "
                    "install that version to restore it"
                )
            content = archive.extractfile(DATABASE)
            if content is None:
                raise StoreError(f"{backup} holds no database")
            with temporary.open("wb") as file:
                shutil.copyfileobj(content, file)
                file.flush()
                os.fsync(file.fileno())
        if sha256_of(temporary) != manifest.database_sha256:
            raise StoreError(f"{backup} is damaged: its database is not the one that was saved")
        _check(temporary, backup)
        for removed in sanitise_database(temporary):
            _logger.warning("%s: %s", backup, removed)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    except (tarfile.TarError, KeyError, EOFError) as error:
        raise StoreError(f"{backup} is not a backup made by sproutcast, or is cut short: {error}") from error
    finally:
        discard(temporary, *(temporary.with_name(temporary.name + ending) for ending in ("-journal", "-wal", "-shm")))


def _check(database: Path, backup: Path) -> None:
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchall()
    except apsw.Error as error:
        raise StoreError(f"the database in {backup} is damaged: {error}") from error
    finally:
        connection.close()
    if found != [("ok",)]:
        raise StoreError(f"the database in {backup} is damaged: {found[0][0]}")


def sanitise_database(database: Path) -> list[str]:
    """Remove what no program of ours puts into a database and what would reach outside it; a sentence for each.

    Triggers and views run SQL of whoever made them; a picture's path that leaves the picture folder would have a file
    elsewhere removed with its row. Raises StoreError when the database can't be changed.
    """
    removed: list[str] = []
    connection = apsw.Connection(str(database))
    try:
        connection.pragma("trusted_schema", False)
        connection.pragma("journal_mode", "DELETE")
        with connection:
            foreign = connection.execute(
                "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')"
            ).fetchall()
            for kind, name in foreign:
                quoted = str(name).replace('"', '""')
                connection.execute(f'DROP {kind} IF EXISTS "{quoted}"')
                removed.append(f"the {kind} {str(name)[:60]!r} was removed, since no version of the program makes one")
            for column in PICTURE_COLUMNS:
                removed += _clear_unsafe_paths(connection, column)
    except apsw.Error as error:
        raise StoreError(f"the database can't be checked: {error}") from error
    finally:
        connection.close()
    return removed


def _clear_unsafe_paths(connection: apsw.Connection, column: str) -> list[str]:
    unsafe = [
        row_id
        for row_id, name in connection.execute(f"SELECT id, {column} FROM capture WHERE {column} IS NOT NULL")  # noqa: S608 - ours
        if str(safe_picture(f"{PICTURES}/{name}")) != name
    ]
    for row_id in unsafe:
        connection.execute(f"UPDATE capture SET {column} = NULL WHERE id = ?", (row_id,))  # noqa: S608 - ours
    return [f"photo {row_id} named a {column} outside the picture folder" for row_id in unsafe]
