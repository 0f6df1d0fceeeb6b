"""`sproutcast watch`: print a query's rows, then every change, until stopped."""

from __future__ import annotations

import argparse
import os
import queue
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import msgspec

from sproutcast_pi.errors import RefusedError, SproutcastError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.messages.areas.causes import TIMED_OUT
from sproutcast_pi.messages.formatter import Formatter
from sproutcast_pi.messages.message import Message as TextMessage
from sproutcast_pi.model.metrics.reading import reading_text
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.protocol.address import daemon_socket
from sproutcast_pi.protocol.client import DaemonClient, Message, Snapshot

ConnectionState = tuple[str, TextMessage | None]
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
CONNECT_S = 5.0
"""A daemon that is not there at the start is said to be missing; one that leaves later is waited for."""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("watch", help="print a query's rows, then every change")
    parser.add_argument("sql", metavar="SQL", help='such as "SELECT * FROM plant ORDER BY name LIMIT 5"')
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--socket", type=Path, help="the daemon's Unix socket")
    parser.add_argument("--url", help="a daemon elsewhere, http://host:port; its token in $SPROUTCAST_TOKEN")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print until stopped; raises RefusedError when the query is refused."""
    address = args.url or args.socket or daemon_socket()
    messages: queue.SimpleQueue[Message | RefusedError | ConnectionState] = queue.SimpleQueue()
    client = DaemonClient(address, token=os.environ.get("SPROUTCAST_TOKEN") if args.url else None, name="watch")
    client.on_state(lambda state, reason: messages.put((state, reason)))
    client.subscribe(args.sql, messages.put, messages.put)
    client.start()
    show = _printer(sys.stdout, as_json=args.json)
    try:
        return _follow(messages, show, str(address), args.say)
    finally:
        client.stop()


def _follow(
    messages: queue.SimpleQueue[Message | RefusedError | ConnectionState],
    show: Callable[[Message], None],
    address: str,
    say: Formatter,
) -> int:
    met = False
    while True:
        try:
            message = messages.get(timeout=None if met else CONNECT_S)
        except queue.Empty:
            raise SproutcastError(phones.NO_DAEMON(address=str(address), reason=TIMED_OUT())) from None
        if isinstance(message, RefusedError):
            raise message
        if isinstance(message, tuple):
            state, known = message
            reason = known or phones.NOT_CONNECTED()
            if state == "away" and not met:
                raise SproutcastError(phones.NO_DAEMON(address=str(address), reason=reason))
            if state == "away":
                print(
                    f"sproutcast: {say.message(phones.WAITING(reason=reason))}",
                    file=sys.stderr,
                )
            continue
        met = True
        show(message)


def _printer(out: TextIO, *, as_json: bool) -> Callable[[Message], None]:
    write = _write_json if as_json else _write_table if out.isatty() else _write_plain
    return lambda message: write(out, message)


def _write_json(out: TextIO, message: Message) -> None:
    """One JSON object a line, as docs/protocol.md says."""
    if isinstance(message, Snapshot):
        shown: dict[str, Any] = {"rows": message.rows}
    else:
        shown = {"insert": message.insert, "update": message.update, "delete": message.delete}
    out.write(msgspec.json.encode(shown).decode() + "\n")
    out.flush()


def _write_plain(out: TextIO, message: Message) -> None:
    """A line a row: + new, ~ changed, - gone."""
    for mark, row in _marked_rows(message):
        facts = "  ".join(f"{name}={value}" for name, value in row.items() if value is not None)
        out.write(f"{mark} {facts}\n")
    out.flush()


def _write_table(out: TextIO, message: Message) -> None:
    """A table of the rows, or of those that changed; columns that hold nothing are left out."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    marked = _marked_rows(message)
    console = Console(file=out)
    if not marked:
        console.print(Text("no rows yet", style="dim"))
        return
    columns = list(dict.fromkeys(name for _, row in marked for name, value in row.items() if value is not None))
    title = "" if isinstance(message, Snapshot) else f"{message.reducer or 'changed'} #{message.seq}"
    table = Table(
        title=title or None, title_justify="left", title_style="dim", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for column in ("", *columns):
        table.add_column(column, overflow="fold")
    styles = {" ": "", "+": "green", "~": "yellow", "-": "red strike"}
    for mark, row in marked:
        cells = ["" if row.get(column) is None else format_cell(row, column) for column in columns]
        # Text, never markup: a plant may be called [bold].
        table.add_row(*(Text(cell, style=styles[mark]) for cell in (mark, *cells)))
    console.print(table)


def format_cell(row: dict[str, Any], column: str) -> str:
    """A value for people: a metric as every screen shows it, other numbers with four digits, moments to the second."""
    value = row[column]
    if column in METRICS and isinstance(value, int | float):
        return reading_text(row, column)
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value)
    return f"{text[:10]} {text[11:19]}" if TIMESTAMP.fullmatch(text) else text


def _marked_rows(message: Message) -> list[tuple[str, dict[str, Any]]]:
    """Each row with what became of it."""
    if isinstance(message, Snapshot):
        return [(" ", row) for row in message.rows]
    lists = (("+", message.insert), ("~", message.update), ("-", message.delete))
    return [(mark, row) for mark, rows in lists for row in rows]
