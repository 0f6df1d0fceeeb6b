"""Output files named by people: what is already there is replaced only by more of its own kind."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from sproutcast_pi.errors import SproutcastError


def require_replaceable(target: Path, kind: str, is_one: Callable[[Path], bool]) -> None:
    """Return when `target` may be written: nothing is there, an empty file, or another of its `kind`.

    Raises SproutcastError for anything else, since what lies there, a photograph or a database say, would be lost.
    """
    if target.is_dir():
        raise SproutcastError(f"{target} is a folder; name a file in it.")
    if not target.exists() and not target.is_symlink():
        return
    if target.is_file() and (target.stat().st_size == 0 or is_one(target)):
        return
    raise SproutcastError(f"{target} exists and is no {kind}; name another file, or remove it first.")


def discard(*paths: Path) -> None:
    """Remove what a failed write left; a disk that refuses even that must not hide why the write failed."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
