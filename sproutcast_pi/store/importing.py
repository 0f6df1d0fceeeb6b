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
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.store.csv_text import read_rows
from sproutcast_pi.store.database import open_writer
from sproutcast_pi.store.export import FORMAT, MANIFEST, ExportedTable, ExportManifest
from sproutcast_pi.store.opening import check_version, new_epoch, write_meta
from sproutcast_pi.store.sanitise import MAX_INTEGER
from sproutcast_pi.store.schema import Table, read_tables
from sproutcast_pi.store.subscriptions.sql import quoted

SKIPPED_TABLES = frozenset({"_tx", "_meta", "_follower", "client"})
"""The log tells of another line of history; clients pair again, for their tokens are in no export."""
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
                raise StoreError(f"{folder}: row {broken[1]} of {broken[0]} refers to a {broken[2]} that is not there")
            write_meta(connection, "epoch", new_epoch())
            write_meta(connection, "imported_at", to_text(now))
    except apsw.Error as error:
        raise StoreError(f"{folder} can't be imported: {error}") from error
    else:
        return taken
    finally:
        connection.close()


def _manifest(folder: Path) -> ExportManifest:
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes().removeprefix(codecs.BOM_UTF8), type=ExportManifest)
    except OSError as error:
        raise StoreError(f"{path} can't be read: {error.strerror}; name the folder of an export") from error
    except msgspec.MsgspecError as error:
        raise StoreError(f"{path} is not the manifest of an export: {error}") from error
    if manifest.format > FORMAT:
        raise StoreError(f"{folder} was exported by a newer Sproutcast Pi; install that version to import it")
    check_version(manifest.schema, folder)
    return manifest


def _must_be_empty(connection: apsw.Connection, tables: dict[str, Table]) -> None:
    for name in sorted(set(tables) - SKIPPED_TABLES - PREFILLED_TABLES):
        if connection.execute(f"SELECT 1 FROM {quoted(name)} LIMIT 1").fetchone() is not None:  # noqa: S608 - the schema's names
            raise StoreError(f"the store is not empty: it has rows in {name}; import into a fresh folder")


def _import_table(connection: apsw.Connection, folder: Path, exported: ExportedTable, tables: dict[str, Table]) -> int:
    table = tables.get(exported.name)
    if table is None:
        raise StoreError(f"{folder}: the store has no table {exported.name}")
    unknown = [column.name for column in exported.columns if column.name not in table.columns]
    if unknown:
        raise StoreError(f"{folder / exported.file}: {exported.name} has no column {unknown[0]}")
    connection.execute(f"DELETE FROM {quoted(table.name)}")  # noqa: S608 - the schema's names
    listed = ", ".join(quoted(column.name) for column in exported.columns)
    marks = ", ".join("?" for _ in exported.columns)
    insert = f"INSERT INTO {quoted(table.name)} ({listed}) VALUES ({marks})"  # noqa: S608 - the schema's names
    count = 0
    if Path(exported.file).name != exported.file:
        raise StoreError(f"{folder}: its manifest names {exported.file[:80]!r}, which is no file of that folder")
    for line, row in _rows(folder / exported.file, exported):
        try:
            connection.execute(insert, row)
        except (apsw.Error, OverflowError) as error:
            raise StoreError(f"{folder / exported.file}, row {line}: {error}") from error
        count += 1
    if count != exported.rows:
        raise StoreError(f"{folder / exported.file} has {count} rows; its manifest says {exported.rows}")
    return count


def _rows(path: Path, exported: ExportedTable) -> Iterator[tuple[int, tuple[Any, ...]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = read_rows(file)
            heads = next(lines, [])
            if heads != [column.header for column in exported.columns]:
                raise StoreError(f"{path}: its headings are not those of its manifest")
            for number, row in enumerate(lines, 2):
                if len(row) != len(exported.columns):
                    raise StoreError(f"{path}, row {number}: {len(row)} fields instead of {len(exported.columns)}")
                yield (
                    number,
                    tuple(
                        _value(path, number, column, text) for column, text in zip(exported.columns, row, strict=True)
                    ),
                )
    except OSError as error:
        raise StoreError(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise StoreError(f"{path}: {error}") from error


def _value(path: Path, number: int, column: Any, text: str | None) -> Any:
    if text is None or column.type == "TEXT":
        return text
    value: float | None = None
    if column.type == "INTEGER" and _INTEGER.fullmatch(text):
        value = int(text)
    elif column.type != "INTEGER" and _REAL.fullmatch(text):
        value = float(text)
    if value is None or (not -MAX_INTEGER - 1 <= value <= MAX_INTEGER and column.type == "INTEGER"):
        raise StoreError(f'{path}, row {number}: "{text[:40]}" is no number for {column.header}')
    if not math.isfinite(value):
        raise StoreError(f'{path}, row {number}: "{text[:40]}" is too large for {column.header}')
    return value
