"""Save database and pictures in one file, while everything runs; and bring them back."""

from __future__ import annotations

import os
import shutil
import tarfile
from datetime import datetime
from pathlib import Path

import apsw
import msgspec

from sproutcast_pi.atomic_file import fsync_dir
from sproutcast_pi.errors import StoreError
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.store.archive import (
    DATABASE,
    FORMAT,
    MANIFEST,
    PICTURES,
    BackupManifest,
    add_bytes,
    add_file,
    read_manifest,
    safe_picture,
    sha256_of,
)
from sproutcast_pi.store.database import open_reader
from sproutcast_pi.store.opening import WAL_SUFFIXES, new_epoch, read_meta, write_meta
from sproutcast_pi.store.restore_database import extract_database
from sproutcast_pi.store.staged_pictures import ProgressCallback, StagedPictures

MIN_FREE_BYTES = 10_000_000
"""Bytes left over on the disk after a backup or restore, so that the daemon can go on."""


def save_backup(
    database: Path,
    pictures: Path | None,
    target: Path,
    now: datetime,
    *,
    progress: ProgressCallback = lambda _done, _all: None,
) -> BackupManifest:
    """Write a backup to `target`, whole or not at all; safe beside a running daemon.

    The database is one moment's; pictures it knows that retention removes meanwhile are left out, and all when
    `pictures` is None. Raises StoreError.
    """
    snapshot = target.with_name(f"{target.name}.database.part")
    temporary = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        known = _snapshot(database, snapshot)
        names = known if pictures is not None else []
        manifest = _manifest(snapshot, len(names), now)
        with temporary.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                add_bytes(archive, MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
                add_file(archive, DATABASE, snapshot)
                if pictures is not None:
                    _add_pictures(archive, pictures, names, progress)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        fsync_dir(target.parent)
    except OSError as error:
        raise StoreError(f"the backup {target} can't be written: {error.strerror or error}") from error
    except apsw.Error as error:
        raise StoreError(f"the database {database} can't be read: {error}") from error
    finally:
        snapshot.unlink(missing_ok=True)
        temporary.unlink(missing_ok=True)
    return manifest


def restore_backup(
    backup: Path,
    database: Path,
    pictures: Path,
    now: datetime,
    *,
    progress: ProgressCallback = lambda _done, _all: None,
) -> BackupManifest:
    """Put a backup in the place of what is there; no daemon may run. The old database stays beside it, named by date.

    Nothing is replaced before the backup's database has proved sound and all its pictures are on the disk; then one
    rename brings the database, and further ones the pictures whose names were taken. Cut short by a power failure, it
    can be run again. Raises StoreError.
    """
    staged = StagedPictures(pictures)
    trial = database.with_name(f"{database.name}.restoring")
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(backup, "r:") as archive:
            manifest = read_manifest(archive, backup)
        extract_database(backup, trial)
        _start_epoch(trial)
        staged.unpack(backup, manifest.pictures, progress)
        staged.add_missing()
        _swap(trial, database, now)
        staged.replace_others()
    except (tarfile.TarError, EOFError) as error:
        raise StoreError(f"{backup} is not a backup made by sproutcast, or is cut short: {error}") from error
    except OSError as error:
        raise StoreError(f"{backup} can't be restored: {error.strerror or error}") from error
    finally:
        staged.discard()
        for ending in ("", *WAL_SUFFIXES):
            trial.with_name(trial.name + ending).unlink(missing_ok=True)
    return manifest


def _snapshot(database: Path, target: Path) -> list[str]:
    """Copy the database as of one moment; return the picture files it knows."""
    if not database.exists():
        raise StoreError(f"there is no database at {database}; name the daemon's folder with --data")
    target.unlink(missing_ok=True)
    reader = open_reader(database)
    try:
        needed = int(reader.pragma("page_count")) * int(reader.pragma("page_size")) + MIN_FREE_BYTES
        if shutil.disk_usage(target.parent).free < needed:
            raise StoreError(f"{target.parent} has less than the {needed // 1_000_000} MB free that a backup needs")
        reader.pragma("query_only", False)
        reader.execute("VACUUM INTO ?", (str(target),))
    finally:
        reader.close()
    copy = apsw.Connection(str(target), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        columns = ("file", "thumb", "overlay")
        names = {str(row[0]) for column in columns for row in copy.execute(f"SELECT {column} FROM capture")}  # noqa: S608  # ours
        return sorted(names - {"None"})
    finally:
        copy.close()


def _manifest(snapshot: Path, pictures: int, now: datetime) -> BackupManifest:
    copy = apsw.Connection(str(snapshot), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        ((seq,),) = copy.execute("SELECT coalesce(max(seq), 0) FROM _tx").fetchall()
        return BackupManifest(
            format=FORMAT,
            schema=int(copy.pragma("user_version")),
            device=read_meta(copy, "device"),
            created_at=to_text(now),
            seq=int(str(seq)),
            database_bytes=snapshot.stat().st_size,
            database_sha256=sha256_of(snapshot),
            pictures=pictures,
        )
    finally:
        copy.close()


def _add_pictures(archive: tarfile.TarFile, folder: Path, names: list[str], progress: ProgressCallback) -> None:
    for place, name in enumerate(names):
        member = f"{PICTURES}/{name}"
        if safe_picture(member) is not None and (folder / name).is_file():
            add_file(archive, member, folder / name)
        progress(place + 1, len(names))


def _start_epoch(database: Path) -> None:
    """A restored database is another line of history: its numbers would else mean two things."""
    connection = apsw.Connection(str(database))
    try:
        connection.pragma("journal_mode", "DELETE")
        write_meta(connection, "epoch", new_epoch())
    finally:
        connection.close()


def _swap(trial: Path, database: Path, now: datetime) -> None:
    stamp = to_text(now)[:19].replace(":", "")
    if database.exists():
        _checkpoint_wal(database)
        aside = database.with_name(f"{database.name}.before-restore-{stamp}")
        shutil.copyfile(database, aside)
        for ending in WAL_SUFFIXES:
            # A log file left beside another database would be read into it.
            side = database.with_name(database.name + ending)
            if side.exists():
                side.rename(aside.with_name(aside.name + ending))
    trial.replace(database)
    fsync_dir(database.parent)


def _checkpoint_wal(database: Path) -> None:
    """Bring what the log file holds into the database, so that the one file is all of it."""
    try:
        connection = apsw.Connection(str(database))
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()
    except apsw.BusyError as error:
        raise StoreError(f"{database} is in use; stop the daemon first") from error
    except apsw.Error:
        # It is damaged, which may be why it is being replaced; its log file goes aside with it.
        return
