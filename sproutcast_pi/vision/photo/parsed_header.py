"""What the parsers of the image formats return and raise."""

from __future__ import annotations

import msgspec

from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message


class UnsupportedImageError(Exception):
    """A kind of picture that can't be measured, to follow "<file> is", and its remedy."""

    def __init__(self, kind: Message, remedy: Message) -> None:
        super().__init__(f"{english(kind)}: {english(remedy)}")
        self.kind = kind
        self.remedy = remedy


class DamagedHeaderError(Exception):
    """A header that contradicts itself; `fault` says how."""

    def __init__(self, fault: Message) -> None:
        super().__init__(english(fault))
        self.fault = fault


class ImageHeader(msgspec.Struct, frozen=True, kw_only=True):
    """Kind and size of an image file. A parser gives the stored size, `read_header` the size as seen."""

    kind: str
    width: int
    height: int
    orientation: int = 1
    """EXIF orientation, 1 to 8."""
    alpha: bool = False
    bits: int = 8
    """Bits a channel of a pixel is stored in: 8 or 16."""
    used_bits: int | None = None
    """Bits of these that carry light, where the file says so."""
    plausible: bool = True
    """False when the file has too few bytes for its number of pixels."""
    complete: bool = True
    """False when the end of the file is missing."""
    page_at: int | None = None
    """Where the directory of the page to decode lies, of a TIFF."""
    notes: tuple[Message, ...] = ()
    """What the owner should know, such as that the file holds more than this picture."""
