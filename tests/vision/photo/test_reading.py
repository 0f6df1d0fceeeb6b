"""Photographs from files that may be hostile."""

import zlib

import cv2
import numpy as np
import pytest

from sproutcast_pi.errors import ImageError
from sproutcast_pi.vision.photo.photo_file import read_photo, reduction_for


def picture(height=90, width=120, seed=1):
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)


def encoded(ending, image):
    return cv2.imencode(ending, image)[1].tobytes()


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".bmp", ".tiff"])
def test_every_kind_gives_its_size(ending):
    photo = read_photo(encoded(ending, picture()))
    assert (photo.width, photo.height, photo.bgr.shape) == (120, 90, (90, 120, 3))


def test_a_large_photograph_is_decoded_small_and_its_size_kept():
    photo = read_photo(encoded(".jpg", cv2.resize(picture(), (4000, 3000))))
    assert (photo.width, photo.height, photo.bgr.shape, photo.scale) == (4000, 3000, (750, 1000, 3), 4.0)


def test_reduction_keeps_the_measuring_side():
    assert [reduction_for(side) for side in (400, 1900, 2000, 4056, 11000)] == [1, 1, 2, 4, 8]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"hello, I am a text" * 9, "not a picture"),
        (encoded(".png", picture(1, 1)), "too small"),
        (encoded(".jpg", picture())[:900], "cut off"),
        (encoded(".jpg", picture())[:12], "cut off"),
        (encoded(".png", picture())[:900], "cut off"),
        (encoded(".webp", picture())[:400], "cut off"),
    ],
)
def test_what_can_not_be_measured_is_refused_with_a_reason(data, reason):
    with pytest.raises(ImageError, match=reason):
        read_photo(data, "tray.jpg")


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(ImageError, match=r"nowhere\.jpg can't be read: No such file"):
        read_photo(tmp_path / "nowhere.jpg")


def test_over_100_megapixels_is_refused_before_decoding():
    data = bytearray(encoded(".png", picture()))
    data[16:24] = (20_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    with pytest.raises(ImageError, match="400 million pixels"):
        read_photo(bytes(data))


def test_sixteen_bits_grey_and_alpha_are_read():
    image = picture()
    deep = read_photo(encoded(".png", image.astype(np.uint16) * 257))
    assert np.abs(deep.bgr.astype(int) - image).max() <= 1
    grey = read_photo(encoded(".png", image[..., 0]))
    assert (grey.bgr[..., 0] == grey.bgr[..., 2]).all()
    clear = read_photo(encoded(".png", np.dstack([image, np.zeros((90, 120), np.uint8)])))
    assert clear.bgr.min() == 255, "what is transparent is white, not its hidden colour"
    half = read_photo(encoded(".png", np.dstack([image, np.full((90, 120), 255, np.uint8)]).astype(np.uint16) * 257))
    assert np.abs(half.bgr.astype(int) - image).max() <= 1


def test_exif_rotation_turns_picture_and_size():
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    plain = encoded(".jpg", picture())
    turned = plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:]
    photo = read_photo(turned)
    assert (photo.width, photo.height, photo.bgr.shape) == (90, 120, (120, 90, 3))


def test_a_thumbnail_inside_does_not_make_a_cut_off_file_whole():
    thumbnail = b"Exif\0\0MM\0*\0\0\0\x08\0\0" + encoded(".jpg", picture(40, 40))
    plain = encoded(".jpg", picture())[:900]
    with pytest.raises(ImageError, match="cut off"):
        read_photo(plain[:2] + b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail + plain[2:])
