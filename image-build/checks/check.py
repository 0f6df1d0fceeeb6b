"""Check results of a guest: printed at once, failures counted."""

from __future__ import annotations

PYTHON = "/opt/sproutcast/bin/python3 -P"


class Check:
    """Collector of check results."""

    def __init__(self) -> None:
        self.results: dict[str, object] = {}
        self.failed: list[str] = []

    def that(self, name: str, held: bool, seen: object = "") -> None:
        """Record one check."""
        self.results[name] = seen if seen != "" else held
        print(f"{'ok  ' if held else 'FAIL'} {name}: {seen}", flush=True)
        if not held:
            self.failed.append(name)


def rows(columns: str, table: str) -> str:
    """Guest command that prints columns of a table beside the running daemon."""
    query = f"SELECT {columns} FROM {table}"  # noqa: S608 - both are written in these files
    return (
        f"{PYTHON} -c 'import apsw, json; "
        'c = apsw.Connection("file:/var/lib/sproutcast/sproutcast.sqlite3?mode=ro", '
        "flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI); "
        f'print(json.dumps([list(r) for r in c.execute("{query}")]))\''
    )
