"""Whatever a photograph's file holds, the error is a message that reads in German."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from sproutcast_pi.errors import ImageError
from sproutcast_pi.vision.photo.header import _BRANDS, _MAGIC
from sproutcast_pi.vision.photo.photo_file import read_photo
from tests.messages.helpers import assert_german


def encoded(ending: str, width: int = 64, height: int = 64) -> bytes:
    return bytes(cv2.imencode(ending, np.zeros((height, width, 3), np.uint8))[1])


def jpeg_of_size(width: int, height: int) -> bytes:
    data = bytearray(encoded(".jpg"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


FILES = {
    "empty": b"",
    "text": b"no picture at all",
    "cut off": encoded(".jpg")[:-200],
    "cut header": encoded(".png")[:20],
    "small": encoded(".png", 8, 8),
    "no size": jpeg_of_size(0, 0),
    "too few bytes": jpeg_of_size(9000, 9000),
    "too many pixels": jpeg_of_size(60_000, 60_000),
    "wrong checksum": encoded(".png").replace(b"IHDR", b"IHDS"),
    "TIFF without pages": b"II*\0" + bytes(64),
    "TIFF page outside": b"II*\0" + struct.pack("<I", 10**6),
    "raw": b"II*\0\x10\0\0\0CR" + bytes(64),
    **{f"begins with {magic!r}": magic + bytes(64) for magic in _MAGIC},
    **{f"brand {brand!r}": b"\0\0\0\x18ftyp" + brand + bytes(64) for brand in _BRANDS},
}


@pytest.mark.parametrize("name", FILES)
def test_an_unusable_file_is_refused_in_german(name: str) -> None:
    with pytest.raises(ImageError) as refused:
        read_photo(FILES[name], "plant.jpg")
    assert_german(refused.value)


@pytest.mark.parametrize("path", ["missing.jpg", "."])
def test_a_path_without_a_photograph_is_refused_in_german(tmp_path: Path, path: str) -> None:
    with pytest.raises(ImageError) as refused:
        read_photo(tmp_path / path)
    assert_german(refused.value)
