"""`sproutcast backup`: database and pictures in one file, while the daemon runs."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("backup", help="database and pictures in one file, taken while running")
    parser.add_argument("file", metavar="FILE", type=Path, help="such as plants.tar; an existing one is replaced")
    parser.add_argument("--data", type=Path, help="the daemon's data folder; without it the running daemon's")
    parser.add_argument("--socket", type=Path, help="the daemon's Unix socket")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file and say what is in it; raises StoreError."""
    from sproutcast_pi.progress import counting  # noqa: PLC0415  # only this command needs these
    from sproutcast_pi.store.backup import save  # noqa: PLC0415
    from sproutcast_pi.store.place import find_place  # noqa: PLC0415

    place = find_place(args.data, args.socket)
    with counting("pictures") as progress:
        manifest = save(place.database, place.pictures, args.file, datetime.now(UTC), progress=progress)
    size = args.file.stat().st_size
    print(f"{args.file}: {size / 1e6:.1f} MB, {manifest.pictures} pictures, as of transaction {manifest.seq}")
    return 0
