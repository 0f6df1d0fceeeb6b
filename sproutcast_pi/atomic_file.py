"""Atomic replacement of a file: a temporary file, fsync, rename, fsync of the folder."""

from __future__ import annotations

import contextlib
import functools
import glob
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

TEMPORARY_SUFFIX = ".part"
"""Ending of a file that is being written, behind the number of the process that writes it."""


def write_atomic(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Leave `data` at `path`: `replacing` in one call."""
    with replacing(path, mode=mode) as file:
        file.write(data)


@contextlib.contextmanager
def replacing(path: Path, *, mode: int | None = None) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` at the end, whole and on the disk; folders are made.

    Whoever looks sees the old file, or none, or the whole new one. `mode`: permission bits from the first byte on;
    None: what the process's mask leaves. What a write of this file left half done when the power went is removed.
    Raises OSError when it can't be written; then, and when the block raises, nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale_parts(path)
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        with open(temporary, "wb", opener=functools.partial(_open, mode=mode)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    fsync_dir(path.parent)


def replace_durably(written: Path, path: Path) -> None:
    """Put the file `written`, of the same folder, in the place of `path`, its content and the rename on the disk."""
    descriptor = os.open(written, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    written.replace(path)
    fsync_dir(path.parent)


def _open(path: str, flags: int, *, mode: int | None) -> int:
    descriptor = os.open(path, flags, 0o666 if mode is None else mode)
    if mode is not None and stat.S_IMODE(os.fstat(descriptor).st_mode) != mode:
        with contextlib.suppress(PermissionError):  # a file system without permission bits, such as FAT
            os.fchmod(descriptor, mode)
    return descriptor


def _remove_stale_parts(path: Path) -> None:
    for part in path.parent.glob(f"{glob.escape(path.name)}.*{TEMPORARY_SUFFIX}"):
        writer = part.name.removeprefix(f"{path.name}.").removesuffix(TEMPORARY_SUFFIX)
        if writer.isdecimal() and not Path("/proc", writer).exists():
            part.unlink(missing_ok=True)


def fsync_dir(folder: Path) -> None:
    """Wait until what was renamed in `folder` is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
