"""Lock of a data folder: one daemon, restore or import at a time, however the folder was named."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from sproutcast_pi.errors import StoreError
from sproutcast_pi.file_owner import give_to_folder_owner
from sproutcast_pi.messages.areas import database
from sproutcast_pi.messages.areas.causes import cause

LOCK_FILE = "daemon.lock"


def lock_data_folder(data: Path) -> int:
    """Lock the folder and return the descriptor that holds the lock; closing it unlocks.

    Raises StoreError when another program holds it, or when the folder can't be written.
    """
    path = data / LOCK_FILE
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    except OSError as error:
        raise StoreError(database.FOLDER_UNUSABLE(folder=str(data), reason=cause(error))) from error
    give_to_folder_owner(data, [path])
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StoreError(database.IN_USE(folder=str(data))) from error
    return descriptor


@contextlib.contextmanager
def data_folder_locked(data: Path) -> Iterator[None]:
    """Hold the lock of `data`, which is made when missing, for as long as its files are replaced. Raises StoreError."""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(database.FOLDER_UNUSABLE(folder=str(data), reason=cause(error))) from error
    descriptor = lock_data_folder(data)
    try:
        yield
    finally:
        os.close(descriptor)
