"""The replay camera: photographs in name order for ever, bytes untouched, and a bad file is a sentence, not an end."""

import struct

import cv2
import numpy as np
import pytest

from sproutcast_pi.errors import CameraError
from sproutcast_pi.ports import CameraSettings
from sproutcast_pi.simulated.replay_camera import ReplayCamera

SETTINGS = CameraSettings()


def picture(tone, shape=(48, 64, 3), dtype=np.uint8):
    return np.full(shape, tone, dtype)


@pytest.fixture
def folder(tmp_path):
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    for name, tone in (("b.jpg", 100), ("a.jpg", 50), ("c.png", 200), ("a_mask.png", 255)):
        cv2.imwrite(str(photographs / name), picture(tone))
    (photographs / "notes.txt").write_text("not a photograph")
    (photographs / ".hidden.jpg").write_bytes(b"")
    return photographs


def take(folder, index, tmp_path):
    return ReplayCamera(folder, index).take(SETTINGS, tmp_path / "out" / f"{index}.jpg")


def test_name_order_round_and_round(folder, tmp_path):
    shown = [take(folder, index, tmp_path).metadata["source"] for index in range(5)]
    assert shown == ["a.jpg", "b.jpg", "c.png", "a.jpg", "b.jpg"]


def test_a_jpeg_is_copied_byte_for_byte_another_kind_becomes_one(folder, tmp_path):
    take(folder, 0, tmp_path)
    assert (tmp_path / "out/0.jpg").read_bytes() == (folder / "a.jpg").read_bytes()
    taken = take(folder, 2, tmp_path)
    assert (tmp_path / "out/2.jpg").read_bytes().startswith(b"\xff\xd8")
    assert (taken.width, taken.height) == (64, 48)


def test_transparency_is_laid_on_white(tmp_path):
    folder = tmp_path / "clear"
    folder.mkdir()
    cv2.imwrite(str(folder / "clear.png"), picture((0, 0, 0, 0), (48, 64, 4)))
    cv2.imwrite(str(folder / "deep.png"), picture((0, 0, 0, 65535), (48, 64, 4), np.uint16))
    take(folder, 0, tmp_path)
    take(folder, 1, tmp_path)
    assert cv2.imread(str(tmp_path / "out/0.jpg")).mean() > 250
    assert cv2.imread(str(tmp_path / "out/1.jpg")).mean() < 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"hello", "not a picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "cut off"),
        (
            b"BM" + struct.pack("<IIIIiiHHI", 54, 0, 54, 40, 65536, 65536, 1, 24, 0) + bytes(20),
            "million pixels",
        ),
    ],
)
def test_a_bad_file_is_named_and_the_next_one_goes_on(folder, tmp_path, content, words):
    (folder / "aa.png").write_bytes(content)
    with pytest.raises(CameraError, match=words) as fault:
        take(folder, 1, tmp_path)
    assert "aa.png" in str(fault.value)
    assert not (tmp_path / "out/1.jpg").exists()
    assert take(folder, 2, tmp_path).metadata["source"] == "b.jpg"


def test_a_folder_without_photographs_or_without_existence_is_a_sentence(tmp_path):
    with pytest.raises(CameraError, match="no photos"):
        take(tmp_path, 0, tmp_path)
    with pytest.raises(CameraError, match="can't be opened"):
        take(tmp_path / "nowhere", 0, tmp_path)
