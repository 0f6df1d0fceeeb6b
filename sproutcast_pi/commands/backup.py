"""`sproutcast backup`: database and pictures in one file, while the daemon runs."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sproutcast_pi.messages.areas import command_results


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("backup", help="database and pictures in one file, taken while running")
    parser.add_argument("file", metavar="FILE", type=Path, help="such as plants.tar; an existing one is replaced")
    parser.add_argument("--data", type=Path, help="the daemon's data folder; without it the running daemon's")
    parser.add_argument("--socket", type=Path, help="the daemon's Unix socket")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file and say what is in it; raises StoreError."""
    from sproutcast_pi.progress import progress_reporter
    from sproutcast_pi.store.backup import save_backup
    from sproutcast_pi.store.paths import find_data_paths

    place = find_data_paths(args.data, args.socket)
    with progress_reporter("pictures") as progress:
        manifest = save_backup(place.database, place.pictures, args.file, datetime.now(UTC), progress=progress)
    size = args.file.stat().st_size
    done = command_results.SAVED(file=str(args.file), size=size, n=manifest.pictures, seq=str(manifest.seq))
    print(args.say.message(done))
    return 0
