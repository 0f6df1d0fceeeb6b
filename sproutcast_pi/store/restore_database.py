"""Get the database back out of a backup."""

from __future__ import annotations

import logging
import os
import shutil
import tarfile
from pathlib import Path

import apsw

from sproutcast_pi.errors import StoreError
from sproutcast_pi.store.archive import DATABASE, read_manifest, sha256_of
from sproutcast_pi.store.schema import VERSION

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
        temporary.replace(target)
    except (tarfile.TarError, KeyError, EOFError) as error:
        raise StoreError(f"{backup} is not a backup made by sproutcast, or is cut short: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)


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
