"""SQLite VFS over the real disk whose syncs take as long as on a card."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import apsw


class _File(apsw.VFSFile):
    sync_s = 0.0

    def xSync(self, flags):  # noqa: N802 - SQLite's own name
        super().xSync(flags)
        time.sleep(self.sync_s)


class _Disk(apsw.VFS):
    def __init__(self, sync_s: float) -> None:
        self._file = type("_Slow", (_File,), {"sync_s": sync_s})
        super().__init__("slow", "unix", makedefault=True)

    def xOpen(self, name, flags):  # noqa: N802 - as above
        return self._file("unix", name, flags)


@contextmanager
def syncs_taking(seconds: float) -> Iterator[None]:
    """Slow down the syncs of every database opened within the context; 0.0: the real disk."""
    disk = _Disk(seconds) if seconds else None
    try:
        yield
    finally:
        if disk is not None:
            disk.unregister()
