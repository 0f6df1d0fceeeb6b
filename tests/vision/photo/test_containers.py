"""One reader of headers for every kind of file; containers are read whole or refused by name."""

import os
import struct
import time

import cv2
import numpy as np
import pytest

from sproutcast_pi.errors import ImageError
from sproutcast_pi.messages.areas import photo_notes
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.vision.photo.decode import decoder_messages
from sproutcast_pi.vision.photo.photo_file import read_photo
from tests.vision.photo import containers
from tests.vision.photo.containers import STORED, exif


def scene(height=80, width=120):
    """A picture without any symmetry."""
    rows, columns = np.mgrid[:height, :width]
    return np.dstack([columns * 2, rows * 3, (rows + columns) % 256]).astype(np.uint8)


KINDS = {
    "jpeg": lambda stored, turn: containers.jpeg(stored, exif(turn)),
    "jpeg, big endian": lambda stored, turn: containers.jpeg(stored, exif(turn, ">")),
    "jpeg, first block without": lambda stored, turn: containers.jpeg(stored, exif(turn)[:8] + bytes(6), exif(turn)),
    "jpeg, first of two": lambda stored, turn: containers.jpeg(stored, exif(turn), exif(turn % 8 + 1)),
    "png": lambda stored, turn: containers.png(stored, (b"eXIf", exif(turn))),
    "png, ImageMagick": lambda stored, turn: containers.png(stored, containers.raw_profile(exif(turn, ">"))),
    "png with alpha": lambda stored, turn: containers.png(
        np.dstack([stored, np.full(stored.shape[:2], 255, np.uint8)]), (b"eXIf", exif(turn))
    ),
    "png of 16 bits": lambda stored, turn: containers.png(stored.astype(np.uint16) * 257, (b"eXIf", exif(turn))),
    "webp": lambda stored, turn: containers.webp(stored, exif(turn)),
    "webp, with mark": lambda stored, turn: containers.webp(stored, b"Exif\0\0" + exif(turn)),
    "tiff": lambda stored, turn: containers.tiff(stored, tags=[(0x112, 3, turn)]),
    "big tiff": lambda stored, turn: containers.tiff(stored, tags=[(0x112, 3, turn)], big=True),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turn", range(1, 9))
def test_every_kind_is_turned_as_its_exif_says(kind, turn):
    photo = read_photo(KINDS[kind](STORED[turn](scene()), turn))
    assert (photo.width, photo.height) == (120, 80)
    assert np.abs(photo.bgr.astype(int) - scene()).max() <= (12 if "jpeg" in kind else 1)


def test_of_two_blocks_size_and_pixels_follow_the_same():
    photo = read_photo(containers.jpeg(scene(), exif(1), exif(6)))
    assert (photo.width, photo.height) == photo.bgr.shape[1::-1] == (120, 80)


@pytest.mark.parametrize("big", [False, True])
def test_the_largest_page_is_read_and_the_others_are_named(big):
    photo = read_photo(containers.tiff(scene(40, 60), scene(), scene(40, 60), big=big))
    assert (photo.width, photo.height) == (120, 80)
    assert np.array_equal(photo.bgr, scene())
    assert photo.notes == (photo_notes.WITH_PAGES(n=3),)


def test_pages_that_lead_to_themselves_end():
    data = bytearray(containers.tiff(scene()))
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    assert read_photo(bytes(data)).notes == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (containers.tiff(scene(), tags=[(0xC612, 1, 0x401)]), r"raw file \(DNG\)"),
        (containers.tiff(scene(40, 60), scene(), tags=[(0x106, 3, 32803)]), "raw file"),
        (containers.tiff(scene())[:8] + b"CR\2\0" + containers.tiff(scene())[12:], "raw file"),
        (b"FUJIFILMCCD-RAW 0201" + bytes(400), "raw file"),
        (containers.box(b"ftyp", b"crx " + bytes(4) + b"crx isom"), "raw file"),
        (containers.HEIC, "HEIC"),
        (containers.box(b"ftyp", b"mif1" + bytes(4) + b"mif1avif"), "HEIC|AVIF"),
        (containers.box(b"ftyp", b"avif" + bytes(4) + b"mif1avif"), "AVIF"),
        (containers.VIDEO, "video"),
        (containers.APPLE_DOUBLE, "Mac"),
        (b"GIF89a" + bytes(300), "GIF"),
        (containers.png(scene(), (b"acTL", struct.pack(">II", 3, 0))), "animation"),
        (containers.webp(scene(), exif(1), flags=0x0A), "animation"),
        (containers.tiff(scene(), tags=[(0x153, 3, 3)]), "fractions"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(300), "JPEG XL"),
    ],
)
def test_what_is_no_single_photograph_is_refused_by_name(data, words):
    with pytest.raises(ImageError, match=words):
        read_photo(data, "IMG_1.jpg")


def test_a_motion_photo_is_its_photograph_and_says_so():
    photo = read_photo(containers.jpeg(scene(), exif(1)) + containers.VIDEO)
    assert np.abs(photo.bgr.astype(int) - scene()).max() <= 12
    assert photo.notes == (photo_notes.WITH_VIDEO(),)


def test_a_motion_photo_that_is_cut_off_is_not_made_whole_by_its_video():
    plain = containers.jpeg(np.random.default_rng(1).integers(0, 255, (80, 120, 3), np.uint8))
    with pytest.raises(ImageError, match=r"cut off|damaged"):
        read_photo(plain[: len(plain) // 2] + containers.VIDEO)


@pytest.mark.parametrize("bits", [8, 10, 12, 14])
@pytest.mark.parametrize("ending", [".png", ".tiff"])
def test_a_sensors_bits_in_a_file_of_16_are_scaled_from_what_they_are(ending, bits):
    full = (scene().astype(np.uint32) * (2**bits - 1) // 255).astype(np.uint16)
    photo = read_photo(containers.encoded(ending, full))
    assert np.abs(photo.bgr.astype(int) - scene()).max() <= 2
    assert any(f"values use {bits}" in english(note) for note in photo.notes)


def test_the_bits_that_a_file_states_are_trusted():
    dark = (scene().astype(np.uint16) // 4) * 16
    photo = read_photo(containers.png(dark, (b"sBIT", bytes([12, 12, 12]))))
    assert np.abs(photo.bgr.astype(int) - scene() // 4).max() <= 2
    assert photo.notes == ()


def noise():
    return np.random.default_rng(4).integers(0, 255, (240, 320, 3), np.uint8)


def damaged_jpeg(change):
    data = bytearray(containers.jpeg(noise()))
    change(data, len(data))
    return bytes(data)


def zeros_at_the_end(data, size):
    data[size // 2 : -2] = bytes(size - size // 2 - 2)


def bytes_lost_inside(data, size):
    del data[size // 2 : size // 2 + 3000]


def another_files_cluster(data, size):
    data[size // 2 : size // 2 + 4096] = b"one of another file " * 204 + bytes(16)


@pytest.mark.parametrize("change", [zeros_at_the_end, bytes_lost_inside, another_files_cluster])
def test_damage_that_a_jpeg_decoder_only_prints_is_an_error(change, capfd):
    with pytest.raises(ImageError, match=r"damaged inside \(Corrupt JPEG data"):
        read_photo(damaged_jpeg(change), "IMG_1.jpg")
    assert capfd.readouterr().err == "", "said once, not beside the program's own output"


def test_stray_bytes_that_some_cameras_leave_are_no_damage():
    plain = containers.jpeg(noise())
    photo = read_photo(plain[:-2] + bytes(3) + plain[-2:])
    assert photo.bgr.shape == (240, 320, 3)


def test_a_changed_byte_of_a_png_is_an_error_and_one_of_its_texts_is_a_note():
    data = bytearray(containers.png(noise(), (b"tEXt", b"Comment\0nothing")))
    data[len(data) // 2] ^= 0x55
    with pytest.raises(ImageError, match="checksum of its part IDAT"):
        read_photo(bytes(data))
    text = bytearray(containers.png(noise(), (b"tEXt", b"Comment\0nothing")))
    text[text.index(b"nothing")] ^= 0x01
    assert photo_notes.DAMAGED_METADATA() in read_photo(bytes(text)).notes


def test_what_others_print_meanwhile_goes_on(capfd):
    with decoder_messages() as received:
        os.write(2, b"a line of a camera library\nlibpng warning: iCCP: known incorrect sRGB profile\n")
    assert capfd.readouterr().err == "a line of a camera library\n"
    assert received.damage is None
    assert received.remarks == ("libpng warning: iCCP: known incorrect sRGB profile",)


HOSTILE = {
    "zeros": b"\xff\xd8" + bytes(30_000_000),
    "fill bytes": b"\xff\xd8" + b"\xff" * 30_000_000,
    "markers": b"\xff\xd8" + b"\xff\xfe\0\2" * 1_000_000,
    "passes": containers.jpeg(scene())[:-2] + b"\xff\xda\0\2" * 500_000,
    "chunks": b"\x89PNG\r\n\x1a\n"
    + containers.png_chunk(b"IHDR", struct.pack(">IIBBBBB", 99, 99, 8, 2, 0, 0, 0))
    + containers.png_chunk(b"tEXt", b"") * 2_000_000,
    "entries": b"II*\0\x08\0\0\0\xff\xff" + struct.pack("<HHII", 0x14A, 4, 64, 8) * 2_000_000,
    "a few bytes for 90 million pixels": containers.png_chunk(b"IDAT", b"x").join(
        [
            b"\x89PNG\r\n\x1a\n" + containers.png_chunk(b"IHDR", struct.pack(">IIBBBBB", 9000, 9999, 8, 2, 0, 0, 0)),
            containers.png_chunk(b"IEND", b""),
        ]
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_bad_input_costs_no_more_than_a_good_photograph(kind):
    good = containers.jpeg(cv2.resize(noise(), (4000, 3000)))
    began = time.process_time()
    read_photo(good)
    usual = time.process_time() - began
    began = time.process_time()
    with pytest.raises(ImageError):
        read_photo(HOSTILE[kind])
    assert time.process_time() - began < 5 * usual + 0.5


def test_padding_behind_a_photograph_is_no_damage():
    photo, padded = read_photo(containers.jpeg(scene())), read_photo(containers.jpeg(scene()) + b"\xff" * 20_000)
    assert (padded.bgr == photo.bgr).all()
    assert padded.notes == photo.notes
