"""`sproutcast export`: every table as CSV."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sproutcast_pi.messages.areas import command_results


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("export", help="every table as CSV with headings and units, and a manifest")
    parser.add_argument("folder", metavar="DIR", type=Path, help="where the files go; it is made when missing")
    parser.add_argument("--tables", nargs="+", default=[], metavar="TABLE", help="only these, such as analysis_result")
    parser.add_argument("--data", type=Path, help="the daemon's data folder; without it the running daemon's")
    parser.add_argument("--socket", type=Path, help="the daemon's Unix socket")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the files and name each; raises StoreError."""
    from sproutcast_pi.store.export import export
    from sproutcast_pi.store.paths import find_data_paths

    place = find_data_paths(args.data, args.socket)
    manifest = export(
        place.database,
        args.folder,
        datetime.now(UTC),
        only=args.tables,
        progress=lambda table, rows: print(args.say.message(command_results.TABLE_ROWS(table=table, n=rows))),
    )
    done = command_results.EXPORTED(n=len(manifest.tables), seq=str(manifest.seq), folder=str(args.folder))
    print(args.say.message(done))
    return 0
