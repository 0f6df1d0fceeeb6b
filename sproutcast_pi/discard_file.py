"""Temporary files of a writer that failed."""

from __future__ import annotations

import contextlib
from pathlib import Path


def discard(*paths: Path) -> None:
    """Remove what a failed write left; a disk that refuses even that must not hide why the write failed."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
