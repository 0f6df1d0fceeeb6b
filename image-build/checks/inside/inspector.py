"""Store inspector, run in the guest or on a copy of its folder: prints content and integrity as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import apsw

DATA = Path(sys.argv[1])
PHOTOGRAPHS = "SELECT count(*) FROM capture WHERE state = 'done'"


def rows(store: apsw.Connection, query: str) -> list[list[Any]]:
    """All rows of a query."""
    return [list(row) for row in store.execute(query)]


def strays(pictures: list[list[Any]]) -> list[str]:
    """Photos named by a row that are missing or of another size."""
    return [
        name
        for name, size in pictures
        if not (path := DATA / "pictures" / name).exists() or path.stat().st_size != size
    ]


def main() -> None:
    """Print the report; works beside a running daemon."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    store = apsw.Connection(f"file:{DATA}/sproutcast.sqlite3?mode=ro", flags=flags)
    store.set_busy_timeout(60_000)
    found = {
        "integrity": rows(store, "PRAGMA integrity_check")[0][0],
        "care": [row[0] for row in rows(store, "SELECT id FROM care_event ORDER BY id")],
        "log": rows(store, "SELECT min(seq), max(seq), count(*) FROM _tx")[0],
        "light": rows(store, "SELECT at, level, reason FROM light_change ORDER BY id"),
        "pictures": rows(store, PHOTOGRAPHS)[0][0],
        "strays": strays(rows(store, "SELECT file, bytes FROM capture WHERE state = 'done' AND file IS NOT NULL")),
    }
    print(json.dumps(found))


main()
