"""Save database and pictures in one file, while everything runs; and bring them back."""

from __future__ import annotations

import contextlib
import os
import shutil
import tarfile
from datetime import datetime
from pathlib import Path

import apsw
import msgspec

from sproutcast_pi.atomic_file import fsync_dir
from sproutcast_pi.discard_file import discard
from sproutcast_pi.errors import StoreError
from sproutcast_pi.file_hash import sha256_of
from sproutcast_pi.messages.areas import backups
from sproutcast_pi.messages.areas import database as database_area
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.output_plan import OutputPlan
from sproutcast_pi.store.archive import (
    DATABASE,
    FORMAT,
    MANIFEST,
    PICTURES,
    BackupManifest,
    add_bytes,
    add_file,
    is_backup,
    open_backup,
    read_manifest,
    safe_picture,
)
from sproutcast_pi.store.database import open_reader
from sproutcast_pi.store.opening import WAL_SUFFIXES, new_epoch, read_meta, write_meta
from sproutcast_pi.store.restore_database import extract_database
from sproutcast_pi.store.staged_pictures import ProgressCallback, StagedPictures
from sproutcast_pi.store.wal import fold_wal

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
    `pictures` is None. Raises StoreError, OutputConflictError when `target` is something else.
    """
    OutputPlan([database]).add(target, may_replace=lambda path: path.stat().st_size == 0 or is_backup(path))
    snapshot = target.with_name(f"{target.name}.database.part")
    temporary = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            known = _snapshot(database, snapshot, pictures)
            names = known if pictures is not None else []
            manifest = _manifest(snapshot, len(names), now)
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
        raise StoreError(backups.NOT_WRITTEN(path=str(target), reason=cause(error))) from error
    except apsw.Error as error:
        raise StoreError(database_area.NOT_READ(path=str(database), reason=cause(error))) from error
    finally:
        discard(snapshot, temporary)
    return manifest


def restore_backup(
    backup: Path,
    database: Path,
    pictures: Path,
    now: datetime,
    *,
    progress: ProgressCallback = lambda _done, _all: None,
) -> BackupManifest:
    """Put a backup in the place of what is there; the caller holds the folder's lock (`data_lock`).

    The old database stays beside it, named by date.
    Nothing is replaced before the backup's database has proved sound and all its pictures are on the disk; then one
    rename brings the database, and further ones the pictures whose names were taken. Cut short by a power failure, it
    can be run again. Raises StoreError.
    """
    staged = StagedPictures(pictures)
    trial = database.with_name(f"{database.name}.restoring")
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        with open_backup(backup) as archive:
            manifest = read_manifest(archive, backup)
        _require_room(database.parent, backup.stat().st_size)
        extract_database(backup, trial)
        _start_epoch(trial)
        staged.unpack(backup, manifest.pictures, progress)
        staged.add_missing()
        _swap(trial, database, now)
        staged.replace_others()
    except OSError as error:
        raise StoreError(backups.NOT_RESTORED(path=str(backup), reason=cause(error))) from error
    finally:
        staged.discard()
        discard(*(trial.with_name(trial.name + ending) for ending in ("", *WAL_SUFFIXES)))
    return manifest


def _snapshot(database: Path, target: Path, pictures: Path | None) -> list[str]:
    """Copy the database as of one moment; return the picture files it knows.

    Raises StoreError when there is no room for this copy, the archive it goes into, and the pictures.
    """
    if not database.exists():
        raise StoreError(backups.NO_DATABASE(path=str(database)))
    target.unlink(missing_ok=True)
    reader = open_reader(database)
    try:
        names = _picture_names(reader)
        size = int(reader.pragma("page_count")) * int(reader.pragma("page_size"))
        _require_room(target.parent, 2 * size + (_total_size(pictures, names) if pictures is not None else 0))
        reader.pragma("query_only", False)
        try:
            reader.execute("VACUUM INTO ?", (str(target),))
        except (apsw.FullError, apsw.CantOpenError, apsw.IOError, apsw.ReadOnlyError) as error:
            raise StoreError(backups.COPY_NOT_WRITTEN(folder=str(target.parent), reason=cause(error))) from error
    finally:
        reader.close()
    copy = apsw.Connection(str(target), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return _picture_names(copy)
    finally:
        copy.close()


def room_needed(database: Path) -> int:
    """Bytes that must be free for a backup without pictures: the copy of the database, and the archive of it."""
    return 2 * sum(
        path.stat().st_size for path in (database, database.with_name(f"{database.name}-wal")) if path.exists()
    )


def _require_room(folder: Path, size: int) -> None:
    free, needed = shutil.disk_usage(folder).free, size + MIN_FREE_BYTES
    if free < needed:
        raise StoreError(backups.NO_ROOM(folder=str(folder), free=free, needed=needed))


def _picture_names(connection: apsw.Connection) -> list[str]:
    columns = ("file", "thumb", "overlay")
    names = {str(row[0]) for column in columns for row in connection.execute(f"SELECT {column} FROM capture")}  # noqa: S608 - ours
    return sorted(names - {"None"})


def _total_size(folder: Path, names: list[str]) -> int:
    """Bytes these pictures take in an archive: their content in blocks of 512, and a header each."""
    total = 0
    for name in names:
        with contextlib.suppress(OSError):
            total += (folder / name).stat().st_size + 1024
    return total


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
        _keep_beside(database, aside)
        for ending in WAL_SUFFIXES:
            # A log file left beside another database would be read into it.
            side = database.with_name(database.name + ending)
            if side.exists():
                side.rename(aside.with_name(aside.name + ending))
    trial.replace(database)
    fsync_dir(database.parent)


def _keep_beside(database: Path, aside: Path) -> None:
    """Give the old database its second name; where a disk has no hard links, copy it."""
    try:
        os.link(database, aside)
    except FileExistsError:
        if not aside.samefile(database):
            raise
    except OSError:
        _require_room(database.parent, database.stat().st_size)
        shutil.copyfile(database, aside)
        with aside.open("rb") as file:
            os.fsync(file.fileno())


def _checkpoint_wal(database: Path) -> None:
    """Bring what the log file holds into the database, so that the one file is all of it."""
    try:
        fold_wal(database)
    except apsw.BusyError as error:
        raise StoreError(backups.IN_USE(path=str(database))) from error
    except apsw.Error:
        # It is damaged, which may be why it is being replaced; its log file goes aside with it.
        return
