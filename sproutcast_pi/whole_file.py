"""Write a file whole or not at all: under a temporary name, to the disk, then renamed, the rename to the disk too."""

from __future__ import annotations

import os
from pathlib import Path

TEMPORARY = ".part"
"""Ending of a file that is being written; one left over after a power cut may be removed."""


def write_whole(path: Path, data: bytes) -> None:
    """Leave `data` at `path`; whoever looks sees the old file, or none, or the whole new one. Folders are made.

    Raises OSError when it can't be written; nothing is left behind then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    settle_folder(path.parent)


def settle_folder(folder: Path) -> None:
    """Wait until what was renamed in `folder` is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
