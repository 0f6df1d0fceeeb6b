"""Read an export back into an empty store, exactly as it was."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw
import msgspec

from sproutcast_pi.errors import StoreError
from sproutcast_pi.messages.areas import backups, files
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.store.csv_text import read_rows
from sproutcast_pi.store.database import open_writer
from sproutcast_pi.store.export import FORMAT, MANIFEST, ExportedTable, ExportManifest
from sproutcast_pi.store.opening import check_version, new_epoch, write_meta
from sproutcast_pi.store.sanitise import MAX_INTEGER
from sproutcast_pi.store.schema import Table, read_tables
from sproutcast_pi.store.subscriptions.sql import quoted

SKIPPED_TABLES = frozenset({"_tx", "_meta", "_follower", "client"})
"""The log belongs to another line of history; clients pair again, for their tokens are in no export."""
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_REAL = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?")
"""What an export writes and a spreadsheet keeps: no inf, no nan, no digits of other scripts."""
PREFILLED_TABLES = frozenset({"light", "health", "software"})
"""Tables a fresh store has rows in by itself."""


def import_export(folder: Path, database: Path, now: datetime) -> dict[str, int]:
    """Take every table of the export into the empty `database`, all or nothing; returns rows by table.

    Raises StoreError for a store that is not empty, an export of a newer version, and any value that does not fit, by
    file, line and column.
    """
    manifest = _manifest(folder)
    connection = open_writer(database)
    try:
        tables = read_tables(connection)
        _must_be_empty(connection, tables)
        connection.execute("PRAGMA foreign_keys = OFF").fetchall()
        with connection:
            taken = {
                exported.name: _import_table(connection, folder, exported, tables)
                for exported in manifest.tables
                if exported.name not in SKIPPED_TABLES
            }
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                raise StoreError(
                    backups.BROKEN_REFERENCE(
                        folder=str(folder), row=str(broken[1]), table=str(broken[0]), other=str(broken[2])
                    )
                )
            write_meta(connection, "epoch", new_epoch())
            write_meta(connection, "imported_at", to_text(now))
    except apsw.Error as error:
        raise StoreError(backups.NOT_IMPORTED(folder=str(folder), reason=cause(error))) from error
    else:
        return taken
    finally:
        connection.close()


def _manifest(folder: Path) -> ExportManifest:
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes().removeprefix(codecs.BOM_UTF8), type=ExportManifest)
    except OSError as error:
        raise StoreError(backups.NO_EXPORT(file=str(path), reason=cause(error))) from error
    except msgspec.MsgspecError as error:
        raise StoreError(backups.NO_MANIFEST(file=str(path), reason=cause(error))) from error
    if manifest.format > FORMAT:
        raise StoreError(backups.NEWER_EXPORT(folder=str(folder)))
    check_version(manifest.schema, folder)
    return manifest


def _must_be_empty(connection: apsw.Connection, tables: dict[str, Table]) -> None:
    for name in sorted(set(tables) - SKIPPED_TABLES - PREFILLED_TABLES):
        if connection.execute(f"SELECT 1 FROM {quoted(name)} LIMIT 1").fetchone() is not None:  # noqa: S608 - the schema's names
            raise StoreError(backups.NOT_EMPTY(table=name))


def _import_table(connection: apsw.Connection, folder: Path, exported: ExportedTable, tables: dict[str, Table]) -> int:
    table = tables.get(exported.name)
    if table is None:
        raise StoreError(backups.UNKNOWN_TABLE(folder=str(folder), table=exported.name))
    unknown = [column.name for column in exported.columns if column.name not in table.columns]
    if unknown:
        raise StoreError(
            backups.UNKNOWN_COLUMN(file=str(folder / exported.file), table=exported.name, column=unknown[0])
        )
    connection.execute(f"DELETE FROM {quoted(table.name)}")  # noqa: S608 - the schema's names
    listed = ", ".join(quoted(column.name) for column in exported.columns)
    marks = ", ".join("?" for _ in exported.columns)
    insert = f"INSERT INTO {quoted(table.name)} ({listed}) VALUES ({marks})"  # noqa: S608 - the schema's names
    count = 0
    if Path(exported.file).name != exported.file:
        raise StoreError(backups.OUTSIDE_FOLDER(folder=str(folder), file=exported.file[:80]))
    for line, row in _rows(folder / exported.file, exported):
        try:
            connection.execute(insert, row)
        except (apsw.Error, OverflowError) as error:
            raise StoreError(
                backups.BAD_ROW(file=str(folder / exported.file), row=line, reason=cause(error))
            ) from error
        count += 1
    if count != exported.rows:
        raise StoreError(backups.ROW_COUNT(file=str(folder / exported.file), n=count, wanted=exported.rows))
    return count


def _rows(path: Path, exported: ExportedTable) -> Iterator[tuple[int, tuple[Any, ...]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = read_rows(file)
            heads = next(lines, [])
            if heads != [column.header for column in exported.columns]:
                raise StoreError(backups.BAD_HEADINGS(file=str(path)))
            for number, row in enumerate(lines, 2):
                if len(row) != len(exported.columns):
                    raise StoreError(
                        backups.FIELD_COUNT(file=str(path), row=number, n=len(row), wanted=len(exported.columns))
                    )
                yield (
                    number,
                    tuple(
                        _value(path, number, column, text) for column, text in zip(exported.columns, row, strict=True)
                    ),
                )
    except OSError as error:
        raise StoreError(files.UNREADABLE(file=str(path), reason=cause(error))) from error
    except ValueError as error:
        raise StoreError(backups.BAD_FILE(file=str(path), reason=cause(error))) from error


def _value(path: Path, number: int, column: Any, text: str | None) -> Any:
    if text is None or column.type == "TEXT":
        return text
    value: float | None = None
    if column.type == "INTEGER" and _INTEGER.fullmatch(text):
        value = int(text)
    elif column.type != "INTEGER" and _REAL.fullmatch(text):
        value = float(text)
    if value is None or (not -MAX_INTEGER - 1 <= value <= MAX_INTEGER and column.type == "INTEGER"):
        raise StoreError(backups.NO_NUMBER(file=str(path), row=number, value=text[:40], column=column.header))
    if not math.isfinite(value):
        raise StoreError(backups.LARGE_NUMBER(file=str(path), row=number, value=text[:40], column=column.header))
    return value
