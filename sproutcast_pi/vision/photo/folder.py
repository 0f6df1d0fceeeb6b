"""Listing of the photos in a folder by content, without sidecars, hidden files and our own outputs."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec

from sproutcast_pi.vision.photo.header import SNIFFED_BYTES, is_readable_kind, unsupported_kind

PHOTO_SUFFIXES = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".webp",
        ".tif",
        ".tiff",
        ".bmp",
        ".heic",
        ".heif",
        ".avif",
        ".dng",
        ".cr2",
        ".cr3",
        ".nef",
        ".arw",
        ".orf",
        ".rw2",
        ".raf",
        ".pef",
    ]
)
"""Suffixes of photos: such a file is measured, or refused with the reason."""
OUTPUT_MARK = b"Sproutcast Pi"
"""Marker in the first bytes of our masks and overlays."""
_UNFINISHED_SUFFIXES = frozenset({".part", ".partial", ".crdownload", ".tmp", ".bak", ".half", ".thm"})
"""Copies, downloads under way, and the thumbnails that cameras put beside their films."""
_MASK_SUFFIXES = ("_mask", "_label", "_bloom", "_lesion")
"""Suffixes of ground-truth masks beside a photo of the same name."""
_SYSTEM_FOLDERS = frozenset({"__macosx", "lost+found", "system volume information"})
_SYSTEM_PREFIXES = (".", "@", "#", "$")
"""Names of system folders of file managers, recycle bins and network storage."""


class FolderListing(msgspec.Struct, frozen=True, kw_only=True):
    """Content of a folder."""

    photos: tuple[Path, ...]
    unreadable: tuple[OSError, ...] = ()
    """Subfolders that could not be opened."""


def list_folder(folder: Path, *, deep: bool = True) -> FolderListing:
    """List the photos in a folder in name order; with `deep` recursively, except system folders."""
    unreadable: list[OSError] = []
    found = sorted(_candidates(folder, unreadable, deep=deep))
    names = defaultdict[Path, list[str]](list)
    for path in found:
        names[path.parent].append(path.stem)
    for stems in names.values():
        stems.sort()
    kept = tuple(path for path in found if not _is_ground_truth(path.stem, names[path.parent]))
    return FolderListing(photos=kept, unreadable=tuple(unreadable))


def is_own_output(path: Path) -> bool:
    """Whether a file is one of our masks or overlays, or empty. Raises OSError."""
    with path.open("rb") as file:
        start = file.read(SNIFFED_BYTES)
    return not start or OUTPUT_MARK in start


def _candidates(folder: Path, unreadable: list[OSError], *, deep: bool) -> Iterator[Path]:
    for place, folders, files in os.walk(folder, onerror=unreadable.append):
        folders[:] = [name for name in folders if deep and not _is_system_folder(name)]
        for name in files:
            path = Path(place, name)
            if not name.startswith(".") and _is_photo(path):
                yield path


def _is_system_folder(name: str) -> bool:
    return name.startswith(_SYSTEM_PREFIXES) or name.lower() in _SYSTEM_FOLDERS


def _is_photo(path: Path) -> bool:
    """Whether the file is a photo by content or suffix; sidecars are not."""
    suffix = path.suffix.lower()
    if suffix in _UNFINISHED_SUFFIXES or not path.is_file():
        return False
    promised = suffix in PHOTO_SUFFIXES
    try:
        with path.open("rb") as file:
            start = file.read(SNIFFED_BYTES)
    except OSError:
        return promised
    kind = unsupported_kind(start)
    if kind is not None:
        return kind.is_photo or (promised and not kind.is_sidecar)
    return OUTPUT_MARK not in start and (promised or is_readable_kind(start))


def _is_ground_truth(stem: str, stems: list[str]) -> bool:
    """Whether another of the sorted `stems` begins with this one less its ending."""
    for ending in _MASK_SUFFIXES:
        if stem.endswith(ending):
            bare = stem.removesuffix(ending)
            at = bisect_left(stems, bare)
            return any(other.startswith(bare) and other != stem for other in stems[at : at + 2])
    return False
