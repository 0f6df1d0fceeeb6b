"""A disk that records every write and sync, and computes what a power cut at any of them would leave."""

from __future__ import annotations

import random
from pathlib import Path

import apsw

SECTOR = 512
"""What a card writes whole or not at all."""


class RecordingVfs(apsw.VFS):
    """SQLite's files below one folder, written for real and noted down."""

    def __init__(self) -> None:
        super().__init__("forgetful", "unix", makedefault=True)
        self.noted: list[tuple[str, str, int, bytes]] = []

    def xOpen(self, name, flags):  # noqa: N802 - SQLite's own names
        return RecordingFile(self, name, flags)

    def xDelete(self, filename, syncdir):  # noqa: N802 - SQLite's own name
        self.noted.append(("delete", Path(filename).name, 0, b""))
        super().xDelete(filename, syncdir)

    def close(self) -> None:
        """The ordinary disk is the default again."""
        self.unregister()


class RecordingFile(apsw.VFSFile):
    def __init__(self, disk: RecordingVfs, name, flags) -> None:
        self._disk = disk
        self._name = Path(name if isinstance(name, str) else name.filename()).name if name else ""
        super().__init__("unix", name, flags)

    def xWrite(self, data, offset):  # noqa: N802 - SQLite's own name
        self._record("write", offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, newsize):  # noqa: N802 - SQLite's own name
        self._record("truncate", newsize, b"")
        super().xTruncate(newsize)

    def xSync(self, flags):  # noqa: N802 - SQLite's own name
        super().xSync(flags)
        self._record("sync", 0, b"")

    def _record(self, kind: str, at: int, data: bytes) -> None:
        if self._name:
            self._disk.noted.append((kind, self._name, at, data))


class CrashState:
    """Follows the notes of a disk and writes down what a cut at this point would leave."""

    def __init__(self) -> None:
        self._safe: dict[str, bytearray] = {}
        self._waiting: dict[str, list[tuple[str, int, bytes]]] = {}

    def apply(self, kind: str, name: str, at: int, data: bytes) -> None:
        """Follow one note."""
        if kind == "delete":
            self._safe.pop(name, None)
            self._waiting.pop(name, None)
            return
        waiting = self._waiting.setdefault(name, [])
        if kind == "sync":
            safe = self._safe.setdefault(name, bytearray())
            for done in waiting:
                apply_write(safe, *done)
            waiting.clear()
        else:
            waiting.append((kind, at, data))

    def cut(self, folder: Path, chance: random.Random) -> None:
        """Honest disk: what was synced is there; of the rest any sectors, in any order, or none."""
        folder.mkdir()
        for name in self._safe.keys() | self._waiting.keys():
            content = bytearray(self._safe.get(name, b""))
            for kind, at, data in self._waiting.get(name, []):
                if kind == "truncate":
                    if chance.random() < 0.5:
                        apply_write(content, kind, at, data)
                    continue
                fate = chance.random()
                for start in range(0, len(data), SECTOR):
                    if fate < 0.3 or (fate < 0.8 and chance.random() < 0.5):
                        apply_write(content, "write", at + start, data[start : start + SECTOR])
            (folder / name).write_bytes(content)

    def cut_lying(self, folder: Path) -> None:
        """Lying disk: it said it had synced, but everything after this point was still in its cache."""
        folder.mkdir()
        for name in self._safe.keys() | self._waiting.keys():
            content = bytearray(self._safe.get(name, b""))
            for done in self._waiting.get(name, []):
                apply_write(content, *done)
            (folder / name).write_bytes(content)


def apply_write(content: bytearray, kind: str, at: int, data: bytes) -> None:
    """Do a write or a truncation to the bytes of a file."""
    if kind == "truncate":
        del content[at:]
        content.extend(bytes(at - len(content)))
        return
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data
