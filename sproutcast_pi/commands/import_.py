"""`sproutcast import`: an export back into an empty store."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("import", help="read an export into an empty store")
    parser.add_argument("folder", metavar="DIR", type=Path, help="what `sproutcast export` wrote, with its manifest")
    parser.add_argument("--data", type=Path, help="the daemon's data folder")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the store when missing, fill it, and say what came; raises StoreError."""
    from sproutcast_pi.file_owner import owned_by_folder_owner
    from sproutcast_pi.hardware.system_clock import SystemClock
    from sproutcast_pi.store.data_lock import data_folder_locked
    from sproutcast_pi.store.importing import import_export
    from sproutcast_pi.store.opening import open_database
    from sproutcast_pi.store.paths import find_data_paths

    place = find_data_paths(args.data)
    data = place.database.parent
    with data_folder_locked(data), owned_by_folder_owner(data):
        open_database(place.database, "imported", SystemClock())
        taken = import_export(args.folder, place.database, datetime.now(UTC))
    for table, rows in taken.items():
        print(f"{table}: {rows} row{'' if rows == 1 else 's'}")
    return 0
