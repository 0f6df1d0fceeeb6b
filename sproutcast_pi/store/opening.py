"""Open a database: make it when missing, set it aside when damaged, bring it forward when old."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from pathlib import Path

import apsw
import msgspec

from sproutcast_pi.errors import StoreError
from sproutcast_pi.messages.areas import database
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.store.database import open_writer
from sproutcast_pi.store.migrations import MIGRATIONS, Migration
from sproutcast_pi.store.restore_database import extract_database, newest_backup
from sproutcast_pi.store.schema import VERSION, create_statements, index_statements
from sproutcast_pi.store.schema_rollback import roll_back_schema, save_copy
from sproutcast_pi.store.tables import TABLES

WAL_SUFFIXES = ("-wal", "-shm")
FULL_CHECK_MAX_BYTES = 100_000_000
"""Up to this size every index is compared with its table at start, about a second; beyond it the structure only."""

FILE_DAMAGE_CODES = frozenset({apsw.SQLITE_IOERR_READ, apsw.SQLITE_IOERR_SHORT_READ, apsw.SQLITE_IOERR_CORRUPTFS})
"""Of all that can go wrong with a disk, these are the file's own damage."""

_logger = logging.getLogger(__name__)


class OpenResult(msgspec.Struct, frozen=True, kw_only=True):
    """How the opening went."""

    epoch: str
    """Names this line of history: new in a fresh or restored database, whose numbers start over."""
    trouble: Message | None = None
    """A sentence for the owner when something was wrong."""


def open_database(
    path: Path, device: str, clock: Clock, *, steps: Mapping[int, Migration] = MIGRATIONS, version: int = VERSION
) -> OpenResult:
    """Make `path` a sound database of `version`.

    A damaged file is set aside and named in `trouble`; the newest backup beside it takes its place when there is one,
    else a fresh database. After a newer program that did not stay, the copy it left takes its place. Raises StoreError
    when a newer program wrote it and left none, when it is another program's, or when the disk can't be used.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    trouble: Message | None = None
    damage = find_damage(path) if path.exists() else None
    if damage is not None:
        trouble = _quarantine(path, damage, clock)
    if path.exists() and (found := _version(path)) > version:
        trouble = roll_back_schema(path, found, version, new_epoch()) or trouble
        check_version(_version(path), path, version)
    try:
        connection = open_writer(path)
    except apsw.Error as error:
        raise StoreError(database.NOT_OPENED(path=str(path), reason=cause(error))) from error
    try:
        _upgrade_to(connection, path, device, clock, steps, version)
        return OpenResult(epoch=read_meta(connection, "epoch"), trouble=trouble)
    except apsw.FullError as error:
        raise StoreError(database.NO_ROOM_TO_PREPARE(path=str(path))) from error
    except apsw.Error as error:
        raise StoreError(database.NOT_PREPARED(path=str(path), reason=cause(error))) from error
    finally:
        connection.close()


def find_damage(path: Path) -> str | None:
    """Return what is wrong with a database file, None when it is sound. What the log file holds counts as its own.

    Raises StoreError when the disk does not let anybody look: a full card is no reason to set a database aside.
    """
    try:
        connection = apsw.Connection(str(path))
    except apsw.Error as error:
        return str(error)
    try:
        connection.set_busy_timeout(5000)
        check = "integrity_check" if path.stat().st_size <= FULL_CHECK_MAX_BYTES else "quick_check"
        found = [str(row[0]) for row in connection.execute(f"PRAGMA {check}(3)")]
        return None if found == ["ok"] else "; ".join(found)
    except (apsw.CorruptError, apsw.NotADBError) as error:
        return str(error)
    except apsw.IOError as error:
        if getattr(error, "extendedresult", 0) in FILE_DAMAGE_CODES:
            return str(error)
        raise StoreError(database.DISK_UNUSABLE(path=str(path), reason=cause(error))) from error
    except apsw.FullError as error:
        raise StoreError(database.NO_ROOM_TO_CHECK(path=str(path))) from error
    finally:
        connection.close()


def create(connection: apsw.Connection, device: str, clock: Clock) -> None:
    """Write tables, the one light row and a new epoch into an empty database, all or nothing."""
    now = to_text(clock.now())
    with connection:
        for statement in create_statements(TABLES):
            connection.execute(statement)
        connection.execute("INSERT INTO light (id, updated_at) VALUES (1, ?)", (now,))
        facts = {"device": device, "epoch": new_epoch(), "created_at": now}
        for fact in facts.items():
            connection.execute("INSERT INTO _meta (name, value) VALUES (?, ?)", fact)
        connection.pragma("user_version", VERSION)


def new_epoch() -> str:
    """A name no other line of history has."""
    return secrets.token_hex(8)


def read_meta(connection: apsw.Connection, name: str) -> str:
    """Return a fact the database holds about itself; raises StoreError when it is missing."""
    row = connection.execute("SELECT value FROM _meta WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise StoreError(database.NO_FACT(name=name))
    return str(row[0])


def write_meta(connection: apsw.Connection, name: str, value: str) -> None:
    """Keep a fact about the database itself."""
    connection.execute("REPLACE INTO _meta (name, value) VALUES (?, ?)", (name, value))


def check_version(found: int, path: Path, version: int = VERSION) -> None:
    """Raise StoreError when a newer program wrote it."""
    if found > version:
        raise StoreError(database.NEWER(path=str(path), found=found, version=version))


def _version(path: Path) -> int:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return int(connection.pragma("user_version"))
    finally:
        connection.close()


def _upgrade_to(  # noqa: PLR0917 - all of what opening knows
    connection: apsw.Connection, path: Path, device: str, clock: Clock, steps: Mapping[int, Migration], version: int
) -> None:
    found = int(connection.pragma("user_version"))
    if found == 0:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() or (0,)
        if tables:
            raise StoreError(database.FOREIGN(path=str(path)))
        create(connection, device, clock)
    elif found < version:
        _migrate(connection, path, steps, found, version)
    _bring_indexes(connection)


def _bring_indexes(connection: apsw.Connection) -> None:
    """Make the tables' indexes those of this version. They hold no facts, so no version number speaks of them."""
    wanted = index_statements(TABLES)
    own = {model._meta.table_name for model in TABLES}  # noqa: SLF001 - peewee's public way to a model's facts
    found = connection.execute("SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
    there = {str(name) for name, table in found.fetchall() if table in own}
    if there == set(wanted):
        return
    _logger.info("rebuilding the indexes %s", ", ".join(sorted(there ^ set(wanted))))
    with connection:
        for name in there - set(wanted):
            connection.execute(f'DROP INDEX "{name}"')
        for name in set(wanted) - there:
            connection.execute(wanted[name])


def _migrate(connection: apsw.Connection, path: Path, steps: Mapping[int, Migration], found: int, version: int) -> None:
    """Keep a copy the older program can open again, then take all steps in one transaction."""
    copy = save_copy(connection, path, found)
    _logger.info("the database goes from schema %d to %d; the old one stays in %s", found, version, copy)
    with connection:
        for number in range(found, version):
            steps[number](connection)
        (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM _tx").fetchone() or (0,)
        write_meta(connection, "log_readable_since", str(last))
        connection.pragma("user_version", version)


def _quarantine(path: Path, damage: str, clock: Clock) -> Message:
    """Move a damaged database away, put the newest backup in its place when there is one; say so."""
    stamp = to_text(clock.now())[:19].replace(":", "")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for ending in ("", *WAL_SUFFIXES):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    _logger.error("the database was damaged (%s) and is now %s", damage, aside)
    set_aside = database.SET_ASIDE(file=aside.name)
    backup = newest_backup(path.parent / "backups")
    if backup is None:
        return sentences(set_aside, database.BEGUN_AFRESH())
    extract_database(backup, path)
    connection = apsw.Connection(str(path))
    write_meta(connection, "epoch", new_epoch())
    connection.close()
    return sentences(set_aside, database.BACKUP_USED(file=backup.name))
