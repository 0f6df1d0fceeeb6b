from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.timelapse.video import CURVE_HEIGHT, HEIGHT, WIDTH, VideoFrame, write_video

START = datetime(2027, 6, 1, tzinfo=UTC)


def frames(folder, count=8):
    made = []
    for number in range(count):
        path = folder / f"{number}.jpg"
        cv2.imwrite(str(path), np.full((300, 400, 3), (20 * number, 120, 200 - 20 * number), np.uint8))
        made.append(
            VideoFrame(path=path, at=START + timedelta(hours=number), value=float(number) if number != 3 else None)
        )
    return made


def read(path):
    film = cv2.VideoCapture(str(path))
    pictures = []
    while (found := film.read())[0]:
        pictures.append(found[1])
    return pictures


def test_a_film_shows_every_photograph_in_order_with_its_curve(tmp_path):
    out = tmp_path / "film.mp4"
    assert write_video(frames(tmp_path), out, name="Basil", metric="area_percent") == 8
    pictures = read(out)
    assert len(pictures) == 8
    assert pictures[0].shape == (HEIGHT, WIDTH, 3)
    blues = [float(picture[300, 640, 0]) for picture in pictures]
    assert blues == sorted(blues)
    green = [np.count_nonzero(picture[HEIGHT - CURVE_HEIGHT :, :, 1] > 180) for picture in pictures]
    assert green[-1] > green[1] > 0


def test_what_cannot_be_read_is_left_out(tmp_path):
    made = frames(tmp_path, 4)
    made[1].path.write_bytes(b"no picture")
    made[2].path.unlink()
    assert write_video(made, tmp_path / "film.mp4", name="Basil", metric="area_percent") == 2


def test_no_photograph_at_all_is_no_film(tmp_path):
    gone = [VideoFrame(path=tmp_path / "gone.jpg", at=START, value=1.0)]
    with pytest.raises(SproutcastError, match="no film"):
        write_video(gone, tmp_path / "film.mp4", name="Basil", metric="area_percent")
    assert not (tmp_path / "film.mp4").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SproutcastError, match="can't be written"):
        write_video(frames(tmp_path, 2), tmp_path / "nowhere" / "film.mp4", name="Basil", metric="area_percent")
