"""Files of the system, written by root: each whole or not at all, and a secret that goes is written over first."""

from __future__ import annotations

import os
from pathlib import Path

from sproutcast_pi.atomic_file import replacing


def wipe(path: Path) -> None:
    """Write over it before it goes: FAT only forgets where a removed file lay, not what it said."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def write(path: Path, text: str, mode: int | None) -> None:
    """Whole or not at all; keeps owner and mode of what was there, else gets `mode`."""
    before = path.stat() if path.exists() else None
    with replacing(path, mode=mode or 0o640) as file:
        file.write(text.encode())
        if before and mode is None and os.geteuid() == 0 and before.st_gid:
            os.fchown(file.fileno(), before.st_uid, before.st_gid)


def link(path: Path, target: str) -> None:
    """Let `path` be a symbolic link to `target`, whatever it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(path)
