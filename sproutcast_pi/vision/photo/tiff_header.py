"""TIFF and EXIF directories: size of the largest page, orientation, depth; raw files are recognised.

TIFF 6.0 (Adobe 1992), BigTIFF, EXIF 2.3 (whose block is a TIFF) and DNG 1.6 (SubIFDs hold the sensor's picture).
"""
# ruff: noqa: PLR2004 - the numbers are the file formats' own

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from sproutcast_pi.messages.areas import photo_notes, photos
from sproutcast_pi.vision.photo.parsed_header import DamagedHeaderError, ImageHeader, UnsupportedImageError

MAX_PAGES = 1000
MAX_ENTRIES = 1000
"""Entries of a directory that are read; real ones have fewer than a hundred."""
_SUBFILE, _WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _ORIENTATION = 0xFE, 0x100, 0x101, 0x102, 0x106, 0x112
_SAMPLES, _MAX_SAMPLE, _SUB_IFDS, _EXTRA, _FORMAT, _DNG_VERSION = 0x115, 0x119, 0x14A, 0x152, 0x153, 0xC612
_TYPES = {1: "B", 3: "H", 4: "I", 6: "b", 7: "B", 13: "I", 16: "Q", 18: "Q"}
_RAW_PHOTOMETRIC = {32803, 34892}
"""Colour filter array and linear raw."""

Directory = dict[int, tuple[int, ...]]


class TiffFile(msgspec.Struct, frozen=True, kw_only=True):
    """Byte order and the width of offsets in one TIFF."""

    data: bytes
    order: str
    big: bool

    def first(self) -> int:
        """Offset of the first directory."""
        at, form = (8, "Q") if self.big else (4, "I")
        return int(struct.unpack_from(self.order + form, self.data, at)[0])

    def directory(self, at: int) -> tuple[Directory, int]:
        """The integer entries of the directory at an offset, and the offset of the next one (0: none)."""
        count_form, entry_bytes = ("Q", 20) if self.big else ("H", 12)
        (count,) = struct.unpack_from(self.order + count_form, self.data, at)
        start = at + struct.calcsize(count_form)
        entries: Directory = {}
        for number in range(min(count, MAX_ENTRIES)):
            tag, values = self._entry(start + entry_bytes * number)
            entries.setdefault(tag, values)
        end = start + entry_bytes * count
        form = "Q" if self.big else "I"
        if end + struct.calcsize(form) > len(self.data):
            return entries, 0
        return entries, int(struct.unpack_from(self.order + form, self.data, end)[0])

    def _entry(self, at: int) -> tuple[int, tuple[int, ...]]:
        tag, kind = struct.unpack_from(self.order + "HH", self.data, at)
        wide = "Q" if self.big else "I"
        (count,) = struct.unpack_from(self.order + wide, self.data, at + 4)
        form = _TYPES.get(kind)
        if form is None or not 0 < count <= 64:
            return tag, ()
        place = at + 4 + struct.calcsize(wide)
        if struct.calcsize(form) * count > struct.calcsize(wide):
            (place,) = struct.unpack_from(self.order + wide, self.data, place)
        if place + struct.calcsize(form) * count > len(self.data):
            return tag, ()
        return tag, struct.unpack_from(self.order + form * count, self.data, place)


def open_tiff(data: bytes) -> TiffFile:
    """The TIFF in `data`. Raises struct.error when it is too short."""
    order = "<" if data[:2] == b"II" else ">"
    (version,) = struct.unpack_from(order + "H", data, 2)
    return TiffFile(data=data, order=order, big=version == 43)


def exif_orientation(exif: bytes) -> int | None:
    """Orientation (1 to 8) in an EXIF block, with or without its "Exif" mark; None where it states none."""
    block = exif.removeprefix(b"Exif\0\0")
    if block[:2] not in {b"II", b"MM"}:
        return None
    try:
        tiff = open_tiff(block)
        return _orientation(tiff.directory(tiff.first())[0])
    except struct.error:
        return None


def parse_tiff(data: bytes) -> ImageHeader:
    """Header of the largest page. Raises UnsupportedImageError for raw files, DamagedHeaderError."""
    tiff = open_tiff(data)
    if data[8:10] == b"CR":
        raise UnsupportedImageError(photos.RAW(), photos.DEVELOP())
    pages = list(_pages(tiff))
    for _, page in pages:
        if _DNG_VERSION in page:
            raise UnsupportedImageError(photos.DNG(), photos.DEVELOP())
        if _one(page, _PHOTOMETRIC) in _RAW_PHOTOMETRIC:
            raise UnsupportedImageError(photos.RAW(), photos.DEVELOP())
    whole = [(at, page) for at, page in pages if _one(page, _WIDTH) and _one(page, _HEIGHT)]
    if not whole:
        raise DamagedHeaderError(photos.PAGES_WITHOUT_SIZE())
    at, page = max(whole, key=lambda entry: _one(entry[1], _WIDTH) * _one(entry[1], _HEIGHT))
    bits = max(page.get(_BITS) or (1,))
    if bits > 16 or max(page.get(_FORMAT) or (1,)) not in {1, 4}:
        raise UnsupportedImageError(photos.DEEP_TIFF(bits=bits), photos.SAVE_8_OR_16())
    largest = max(page.get(_MAX_SAMPLE) or (0,))
    return ImageHeader(
        kind="tiff",
        width=_one(page, _WIDTH),
        height=_one(page, _HEIGHT),
        orientation=_orientation(page) or _orientation(pages[0][1]) or 1,
        alpha=_one(page, _EXTRA) in {1, 2} and _one(page, _SAMPLES) in {2, 4},
        bits=16 if bits > 8 else 8,
        used_bits=largest.bit_length() if bits > 8 and largest > 255 else None,
        page_at=at,
        notes=(photo_notes.WITH_PAGES(n=len(whole)),) if len(whole) > 1 else (),
    )


def only_page(data: bytes, at: int) -> bytes:
    """The TIFF with the directory at `at` as its first one and without a turn, for any decoder."""
    tiff = open_tiff(data)
    changed = bytearray(data)
    where, form = (8, "Q") if tiff.big else (4, "I")
    struct.pack_into(tiff.order + form, changed, where, at)
    count_form, entry_bytes = ("Q", 20) if tiff.big else ("H", 12)
    (count,) = struct.unpack_from(tiff.order + count_form, data, at)
    start = at + struct.calcsize(count_form)
    for entry in range(start, start + entry_bytes * min(count, MAX_ENTRIES), entry_bytes):
        tag, kind = struct.unpack_from(tiff.order + "HH", data, entry)
        if tag == _ORIENTATION and kind in _TYPES:
            place = entry + 4 + struct.calcsize("Q" if tiff.big else "I")
            struct.pack_into(tiff.order + _TYPES[kind], changed, place, 1)
    end = start + entry_bytes * count
    if end + struct.calcsize(form) <= len(changed):
        struct.pack_into(tiff.order + form, changed, end, 0)
    return bytes(changed)


def _pages(tiff: TiffFile) -> Iterator[tuple[int, Directory]]:
    """Each directory with its offset, those within others included; masks are left out."""
    waiting, seen = [tiff.first()], set[int]()
    while waiting and len(seen) < MAX_PAGES:
        at = waiting.pop(0)
        if at == 0 or at in seen or at >= len(tiff.data):
            if not seen:
                raise DamagedHeaderError(photos.PAGE_OUTSIDE())
            continue
        seen.add(at)
        try:
            page, following = tiff.directory(at)
        except struct.error:
            if len(seen) == 1:
                raise
            continue
        if not _one(page, _SUBFILE) & 4:
            yield at, page
        waiting += [*page.get(_SUB_IFDS, ()), following]


def _one(page: Directory, tag: int) -> int:
    return (page.get(tag) or (0,))[0]


def _orientation(page: Directory) -> int | None:
    value = _one(page, _ORIENTATION)
    return value if 1 <= value <= 8 else None
