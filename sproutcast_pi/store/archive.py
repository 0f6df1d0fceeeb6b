"""A backup: one tar file with a manifest, the database and the pictures it knows."""

from __future__ import annotations

import contextlib
import io
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from sproutcast_pi.errors import StoreError
from sproutcast_pi.messages.areas import backups
from sproutcast_pi.messages.areas.causes import cause

MANIFEST = "manifest.json"
DATABASE = "database.sqlite3"
PICTURES = "pictures"
FORMAT = 1
MAX_EXTENDED_BYTES = 64_000
"""Of a header that extends the next one, for names that are long or not ASCII."""
_EXTENDED = frozenset(
    {
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    }
)
_SAFE_PART = re.compile(r"\A\w[\w.\-+=, ]*\Z")


class BackupManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself; its first member."""

    format: int
    schema: int
    device: str
    created_at: str
    seq: int
    database_bytes: int
    database_sha256: str
    pictures: int


class _BoundedHeader(tarfile.TarInfo):
    """A header of a stranger's archive: `tarfile` itself reads an extension of any size into memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _BoundedHeader:
        """Read one header; raises tarfile.ReadError when what it announces is out of bounds."""
        header = super().frombuf(buf, encoding, errors)
        if header.type in _EXTENDED and header.size > MAX_EXTENDED_BYTES:
            raise tarfile.ReadError(f"a header of {header.size} bytes")
        return header


@contextlib.contextmanager
def open_backup(path: Path) -> Iterator[tarfile.TarFile]:
    """The archive at `path`, to be read by `next_file`; whatever is wrong with its form is a StoreError."""
    try:
        with tarfile.open(path, "r:", tarinfo=_BoundedHeader) as archive:
            yield archive
    except (tarfile.TarError, EOFError, RecursionError, OverflowError, ValueError) as error:
        raise StoreError(backups.CUT_SHORT(path=str(path), reason=cause(error))) from error


def next_file(archive: tarfile.TarFile) -> tuple[str, IO[bytes]] | None:
    """Name and content of the next plain file, None at the end; nothing is kept of those before.

    Links, devices and sparse files, which grow when they are read, are passed over.
    """
    while (member := archive.next()) is not None:
        archive.members.clear()  # type: ignore[attr-defined]  # an archive may hold millions, and each is kept there
        content = archive.extractfile(member) if member.isreg() and not member.issparse() else None
        if content is not None:
            return member.name, content
    return None


def read_manifest(archive: tarfile.TarFile, path: Path) -> BackupManifest:
    """Return the manifest; raises StoreError when `path` is no backup of ours, or of a newer format."""
    found = next_file(archive)
    if found is None or found[0] != MANIFEST:
        raise StoreError(backups.NO_BACKUP(path=str(path)))
    try:
        manifest = msgspec.json.decode(found[1].read(100_000), type=BackupManifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StoreError(backups.NO_BACKUP_BECAUSE(path=str(path), reason=cause(error))) from error
    if manifest.format > FORMAT:
        raise StoreError(backups.NEWER_FORMAT(path=str(path)))
    return manifest


def is_backup(path: Path) -> bool:
    """Whether `path` begins as a backup of ours does."""
    try:
        with open_backup(path) as archive:
            read_manifest(archive, path)
    except (StoreError, OSError):
        return False
    return True


def safe_picture(name: str) -> PurePosixPath | None:
    """Return a member's path below the picture folder; None when it is not a plain file below it."""
    parts = PurePosixPath(name).parts
    if len(parts) < 2 or parts[0] != PICTURES or not all(_SAFE_PART.match(part) for part in parts[1:]):  # noqa: PLR2004 - folder and file
        return None
    return PurePosixPath(*parts[1:])


def add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a small file."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def add_file(archive: tarfile.TarFile, name: str, path: Path) -> None:
    """Add a file's content, without its owner, mode or time. Raises OSError when it is gone."""
    with path.open("rb") as file:
        member = tarfile.TarInfo(name)
        member.size = path.stat().st_size
        archive.addfile(member, file)
