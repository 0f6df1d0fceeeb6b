"""Writes docs/tables.md: the tables with their columns, and the reducers and procedures with roles and arguments.

`make table-docs` after a table, a column, a reducer or a procedure changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sproutcast_pi.services.procedures import PROCEDURES
from sproutcast_pi.store.reducers import all_reducers
from sproutcast_pi.store.table_schemas import ColumnSchema, public_tables

PAGE = Path(__file__).resolve().parent.parent / "docs" / "tables.md"
HEAD = """# Tables and calls

Everything a client may read by SQL, and everything it may call. Written by `make table-docs`; `GET /v1/schema` serves
the calls with the JSON schema of each argument. How to connect, roles and limits: [protocol.md](protocol.md).
Times are text, ISO 8601 in UTC with microseconds. A `?` marks a column that may be null or an argument that may
be left out.
"""


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join([HEAD, *_tables(), *_calls()]).rstrip() + "\n"


def _tables() -> Iterator[str]:
    yield "## Tables\n"
    yield "| table | what a row is | columns |\n|---|---|---|"
    for name, table in sorted(public_tables().items()):
        yield f"| `{name}` | {table.doc} | {', '.join(_column(column) for column in table.columns)} |"
    yield ""


def _column(column: ColumnSchema) -> str:
    kind = "key" if column.primary else column.kind
    return f"`{column.name}` {kind}{'?' if column.nullable else ''}"


def _calls() -> Iterator[str]:
    public = [r.schema() for r in all_reducers().values() if r.role != "internal"]
    yield "## Reducers\n\nEach is one transaction: all of it is done, or it is refused and nothing is.\n"
    yield from _call_rows(public)
    yield "## Procedures\n\nCalls that change no row.\n"
    yield from _call_rows(procedure.schema() for procedure in PROCEDURES.values())


def _call_rows(schemas: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield "| call | role | arguments | what it does |\n|---|---|---|---|"
    for schema in sorted(schemas, key=lambda schema: str(schema["name"])):
        arguments = ", ".join(
            f"`{name}`{'' if argument['required'] else '?'}" for name, argument in schema["arguments"].items()
        )
        description = " ".join(str(schema["description"]).split("\n\n")[0].split())
        yield f"| `{schema['name']}` | {schema['role']} | {arguments or 'none'} | {description} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
