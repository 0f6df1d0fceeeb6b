import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.screen_harness import FolderPhotoSource
from ui.photos.decode import ImageRequest, crop_window, decode
from ui.photos.texture_cache import TextureCache

SHARE = st.floats(0.0, 0.9)


class ImmediateExecutor:
    """Threads that work at once."""

    def submit(self, work, *args):
        work(*args)

    def shutdown(self, **_):
        pass


def jpeg(width=64, height=48, colour=(0, 200, 0)):
    done, data = cv2.imencode(".png", np.full((height, width, 3), colour, np.uint8))
    assert done
    return data.tobytes()


@given(st.integers(40, 4000), st.integers(40, 4000), SHARE, SHARE, st.floats(0.01, 0.9), st.floats(0.01, 0.9))
def test_the_window_stays_in_the_frame_and_keeps_the_proportions(frame_w, frame_h, x, y, w, h):
    left, top, width, height = crop_window(
        (frame_w, frame_h), ImageRequest(path="a", width=320, height=200, crop=(x, y, w, h))
    )
    assert 0 <= left
    assert 0 <= top
    assert left + width <= frame_w
    assert top + height <= frame_h
    if min(width, height) > 20:
        assert width / height == pytest.approx(1.6, rel=0.15)


def test_the_plant_is_inside_its_window():
    left, top, width, height = crop_window(
        (1000, 800), ImageRequest(path="a", width=100, height=100, crop=(0.5, 0.25, 0.1, 0.25))
    )
    assert left <= 500
    assert left + width >= 600
    assert top <= 200
    assert top + height >= 400


def test_a_picture_comes_in_the_asked_size_with_round_corners():
    pixels = decode(jpeg(), ImageRequest(path="a", width=40, height=40, corners=(10, 0, 0, 0)))
    picture = np.frombuffer(pixels.data, np.uint8).reshape(40, 40, 4)
    assert picture[0, 0, 3] == 0
    assert picture[0, 39, 3] == 255
    assert picture[20, 20].tolist() == [0, 200, 0, 255]


def test_the_whole_picture_keeps_its_proportions():
    pixels = decode(jpeg(200, 100), ImageRequest(path="a", width=100, height=100, whole=True))
    assert (pixels.width, pixels.height) == (100, 50)


def test_nonsense_is_no_picture():
    with pytest.raises(ValueError, match="not a picture"):
        decode(b"nonsense", ImageRequest(path="a", width=10, height=10))


def test_the_least_recently_used_textures_are_dropped_within_the_bound(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.png").write_bytes(jpeg())
    textures = TextureCache(
        FolderPhotoSource(tmp_path),
        lambda pixels: pixels,
        lambda work: work(),
        max_bytes=2 * 16 * 16 * 4,
        threads=ImmediateExecutor(),
    )
    seen = []
    for name in "abacb":
        textures.get(ImageRequest(path=f"{name}.png", width=16, height=16), seen.append)
        assert textures.bytes <= 2 * 16 * 16 * 4
    assert [bool(picture) for picture in seen] == [True] * 5
    assert {request.path for request in textures._ready} == {"c.png", "b.png"}


def test_who_gives_up_and_asks_again_still_gets_the_picture(tmp_path):
    (tmp_path / "a.png").write_bytes(jpeg())
    turns, posts, seen = [], [], []

    class Later(ImmediateExecutor):
        def submit(self, work, *args):
            turns.append(lambda: work(*args))

    textures = TextureCache(FolderPhotoSource(tmp_path), lambda pixels: pixels, posts.append, threads=Later())
    request = ImageRequest(path="a.png", width=16, height=16)
    textures.get(request, seen.append)
    textures.forget(request, seen.append)
    turns.pop(0)()
    textures.get(request, seen.append)
    turns.pop(0)()
    while posts:
        posts.pop(0)()
    assert [bool(picture) for picture in seen] == [True]
    assert not textures.waiting


def test_a_lost_photo_is_none_and_the_cache_keeps_working(tmp_path):
    (tmp_path / "here.png").write_bytes(jpeg())
    (tmp_path / "broken.png").write_bytes(b"\xff\xd8\xff nonsense")
    textures = TextureCache(
        FolderPhotoSource(tmp_path), lambda pixels: pixels, lambda work: work(), threads=ImmediateExecutor()
    )
    seen = []
    for name in ("gone", "broken", "here"):
        textures.get(ImageRequest(path=f"{name}.png", width=16, height=16), seen.append)
    assert [bool(picture) for picture in seen] == [False, False, True]
