"""Every table as CSV that a spreadsheet reads, with a manifest by which it can be read back exactly."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import apsw
import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.discard_file import discard
from sproutcast_pi.errors import StoreError
from sproutcast_pi.messages.areas import backups
from sproutcast_pi.messages.areas import database as database_area
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.store.column_labels import column_label
from sproutcast_pi.store.csv_text import write_row
from sproutcast_pi.store.database import open_reader
from sproutcast_pi.store.opening import read_meta
from sproutcast_pi.store.schema import Table, read_tables
from sproutcast_pi.store.subscriptions.sql import quoted
from sproutcast_pi.store.tables import HIDDEN

MANIFEST = "manifest.json"
FORMAT = 1
EXCLUDED_TABLES = frozenset({"_meta", "_follower"})
"""What the database keeps about itself."""

ProgressCallback = Callable[[str, int], None]
"""Called with each table and its number of rows."""


class ExportedColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column, by its name in the store and its heading in the file."""

    name: str
    header: str
    type: str


class ExportedTable(msgspec.Struct, frozen=True, kw_only=True):
    """One file."""

    name: str
    file: str
    rows: int
    columns: list[ExportedColumn]


class ExportManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an export says of itself."""

    format: int
    schema: int
    device: str
    exported_at: str
    seq: int
    tables: list[ExportedTable]


def export(
    database: Path,
    folder: Path,
    now: datetime,
    *,
    only: Sequence[str] = (),
    progress: ProgressCallback = lambda _table, _rows: None,
) -> ExportManifest:
    """Write the tables, all as of one moment, into `folder`, the manifest last; safe beside a running daemon.

    Raises StoreError for a table that is not there, and when something can't be read or written.
    """
    if not database.exists():
        raise StoreError(backups.NO_DATABASE(path=str(database)))
    reader = open_reader(database)
    made = not folder.exists()
    parts: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tables = {name: table for name, table in read_tables(reader).items() if name not in EXCLUDED_TABLES}
        selected = _selected(only, tables)
        _require_no_strangers(folder, selected)
        with reader:
            ((seq,),) = reader.execute("SELECT coalesce(max(seq), 0) FROM _tx").fetchall()
            manifest = ExportManifest(
                format=FORMAT,
                schema=int(reader.pragma("user_version")),
                device=read_meta(reader, "device"),
                exported_at=to_text(now),
                seq=int(str(seq)),
                tables=[_write(reader, tables[name], folder, parts, progress) for name in selected],
            )
        for part in parts:
            part.replace(part.with_suffix(""))
        write_atomic(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    except OSError as error:
        raise StoreError(backups.FOLDER_NOT_WRITTEN(folder=str(folder), reason=cause(error))) from error
    except apsw.Error as error:
        raise StoreError(database_area.NOT_READ(path=str(database), reason=cause(error))) from error
    else:
        return manifest
    finally:
        reader.close()
        discard(*parts)
        if made:
            with contextlib.suppress(OSError):
                folder.rmdir()  # which fails unless nothing came of it


def file_name(table: str) -> str:
    """Return the name of a table's file."""
    return f"{table.strip('_')}_log.csv" if table == "_tx" else f"{table}.csv"


def _selected(only: Sequence[str], tables: dict[str, Table]) -> list[str]:
    for name in only:
        if name not in tables:
            close = get_close_matches(name, tables, n=1)
            if close:
                raise StoreError(backups.NO_TABLE_BUT(name=name, close=close[0]))
            raise StoreError(backups.NO_TABLE(name=name, names=[*sorted(tables)]))
    return list(only) or sorted(tables)


def _require_no_strangers(folder: Path, selected: Sequence[str]) -> None:
    """Raise StoreError when a file would be replaced that is no earlier export's: only its manifest shows it."""
    try:
        msgspec.json.decode((folder / MANIFEST).read_bytes(), type=ExportManifest)
    except (OSError, msgspec.MsgspecError):
        taken = [name for name in (MANIFEST, *map(file_name, selected)) if (folder / name).exists()]
        if taken:
            raise StoreError(backups.STRANGER(file=str(folder / taken[0]))) from None


def _write(
    reader: apsw.Connection, table: Table, folder: Path, parts: list[Path], progress: ProgressCallback
) -> ExportedTable:
    """Write a table beside its place, under a name that ends in `.part` and is added to `parts`."""
    hidden = HIDDEN.get(table.name, frozenset())
    columns = [
        ExportedColumn(name=name, header=column_label(name), type=kind)
        for name, kind in zip(table.columns, table.types, strict=True)
        if name not in hidden
    ]
    name = file_name(table.name)
    temporary = folder / f"{name}.part"
    rows = 0
    listed = ", ".join(quoted(column.name) for column in columns)
    order = ", ".join(quoted(table.columns[place]) for place in table.key)
    parts.append(temporary)
    with temporary.open("w", encoding="utf-8", newline="") as file:
        file.write(write_row(column.header for column in columns))
        for row in reader.execute(f"SELECT {listed} FROM {quoted(table.name)} ORDER BY {order}"):  # noqa: S608 - the schema's names
            file.write(write_row(_csv_value(value) for value in row))
            rows += 1
        file.flush()
        os.fsync(file.fileno())
    progress(table.name, rows)
    return ExportedTable(name=table.name, file=name, rows=rows, columns=columns)


def _csv_value(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value
