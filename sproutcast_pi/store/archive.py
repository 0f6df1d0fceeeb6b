"""A backup: one tar file with a manifest, the database and the pictures it knows."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path, PurePosixPath

import msgspec

from sproutcast_pi.errors import StoreError

MANIFEST = "manifest.json"
DATABASE = "database.sqlite3"
PICTURES = "pictures"
FORMAT = 1
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


def read_manifest(archive: tarfile.TarFile, path: Path) -> BackupManifest:
    """Return the manifest; raises StoreError when `path` is no backup of ours, or of a newer format."""
    try:
        member = archive.next()
    except (RecursionError, ValueError) as error:
        raise StoreError(f"{path} is not a backup made by sproutcast: {error}") from error
    content = archive.extractfile(member) if member is not None and member.name == MANIFEST else None
    if content is None:
        raise StoreError(f"{path} is not a backup made by sproutcast")
    try:
        manifest = msgspec.json.decode(content.read(100_000), type=BackupManifest)
    except msgspec.MsgspecError as error:
        raise StoreError(f"{path} is not a backup made by sproutcast: {error}") from error
    if manifest.format > FORMAT:
        raise StoreError(f"{path} was made by a newer Sproutcast Pi; install that version to restore it")
    return manifest


def is_backup(path: Path) -> bool:
    """Whether `path` begins as a backup of ours does."""
    try:
        with tarfile.open(path, "r:") as archive:
            read_manifest(archive, path)
    except (StoreError, tarfile.TarError, OSError, EOFError):
        return False
    return True


def safe_picture(name: str) -> PurePosixPath | None:
    """Return a member's path below the picture folder; None when it is not a plain file below it."""
    parts = PurePosixPath(name).parts
    if len(parts) < 2 or parts[0] != PICTURES or not all(_SAFE_PART.match(part) for part in parts[1:]):  # noqa: PLR2004
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
