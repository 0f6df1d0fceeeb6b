"""`sproutcast restore`: a backup in the place of what is there."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import StoreError
from sproutcast_pi.messages.areas import command_results, commands


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("restore", help="put a backup in the place of what is there; stop the daemon first")
    parser.add_argument("file", metavar="FILE", type=Path, help="what `sproutcast backup` wrote")
    parser.add_argument("--data", type=Path, help="the daemon's data folder")
    parser.add_argument("--socket", type=Path, help="the daemon's Unix socket")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Restore and say from when it was; raises StoreError, and then nothing was replaced."""
    from sproutcast_pi.file_owner import owned_by_folder_owner
    from sproutcast_pi.progress import progress_reporter
    from sproutcast_pi.store.backup import restore_backup
    from sproutcast_pi.store.data_lock import data_folder_locked
    from sproutcast_pi.store.paths import find_data_paths

    place = find_data_paths(args.data, args.socket)
    data = place.database.parent
    if not args.file.is_file():
        raise StoreError(commands.NO_BACKUP(file=str(args.file)))
    with data_folder_locked(data), owned_by_folder_owner(data), progress_reporter("pictures") as progress:
        manifest = restore_backup(args.file, place.database, place.pictures, datetime.now(UTC), progress=progress)
    print(args.say.message(command_results.RESTORED(folder=str(data), at=manifest.created_at)))
    return 0
