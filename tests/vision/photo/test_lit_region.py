"""What is lit before black is looked at by itself; a lens cap and lights in the night stay refused."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sproutcast_pi.vision.measure import measure, measure_photo
from sproutcast_pi.vision.photo.lit_region import find_lit_region, has_black_background, lit_view
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.photo.quality import assess_quality
from sproutcast_pi.vision.types import MeasureRequest

HEIGHT, WIDTH = 1232, 1640


def night(seed=3):
    return np.clip(np.random.default_rng(seed).normal(3, 3, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8)


def with_hot_pixels():
    frame = night()
    frame[np.random.default_rng(4).random((HEIGHT, WIDTH)) < 0.001] = 255
    return frame


def with_light_leaking_in():
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    glow = np.exp(-np.hypot(rows / HEIGHT, columns / WIDTH) / 0.1) * 35
    return np.clip(night() + glow[..., None], 0, 255).astype(np.uint8)


def with_a_lamp_of_a_plug():
    return cv2.circle(night(), (700, 800), 12, (60, 255, 80), -1)


def with_a_green_clock():
    large = np.clip(np.random.default_rng(1).normal(3, 3, (3040, 4056, 3)), 0, 255).astype(np.uint8)
    return cv2.putText(large, "12:34", (4056 // 3, 3040 // 2), 0, 10.14, (60, 255, 80), 40)


@pytest.mark.parametrize(
    "frame", [night, with_hot_pixels, with_light_leaking_in, with_a_lamp_of_a_plug, with_a_green_clock]
)
def test_a_covered_lens_and_lights_in_the_night_are_refused_as_dark(frame):
    result = measure(photo_from_frame(frame()), MeasureRequest())
    assert result.plants == ()
    assert result.quality.verdict == "refused"
    assert "dark" in result.quality.reasons[0]


def seedling_before_black():
    frame = night()
    for angle in range(0, 180, 60):
        cv2.ellipse(frame, (820, 1000), (34, 9), angle, 0, 360, (60, 140, 90), -1)
    return frame


def test_a_seedling_of_a_thousandth_of_the_frame_is_neither_dark_nor_blurred_nor_grey():
    quality, colourless = assess_quality(seedling_before_black())
    assert quality.verdict == "ok"
    assert not colourless


def test_the_smallest_rape_before_black_is_found(dev):
    result = measure_photo(dev / "brassica_series" / "BR017-209111_2018-06-06.jpg")
    (plant,) = result.plants
    assert result.quality.verdict == "ok"
    assert plant.area_px == pytest.approx(1696, rel=0.6)  # the true mask; ours has the soft rim of the leaves too
    x, y, width, height = plant.bbox
    assert (x < 300 < x + width, y < 595 < y + height) == (True, True)


@settings(max_examples=40, deadline=None)
@given(st.integers(60, 580), st.integers(60, 420), st.integers(6, 60))
def test_the_lit_part_holds_all_that_is_lit_and_is_closer_than_the_frame(x, y, radius):
    frame = np.zeros((480, 640, 3), np.uint8)
    cv2.circle(frame, (x, y), radius, (40, 120, 80), -1)
    box = find_lit_region(frame)
    assert box is not None
    rows, columns = np.nonzero(frame[..., 1])
    assert box[0].start <= rows.min()
    assert rows.max() < box[0].stop <= 480
    assert box[1].start <= columns.min()
    assert columns.max() < box[1].stop <= 640
    assert frame[box].size < frame.size


@pytest.mark.parametrize("frame", [np.full((480, 640, 3), 90, np.uint8), np.zeros((480, 640, 3), np.uint8)])
def test_a_bright_frame_and_a_black_one_have_no_lit_part(frame):
    assert find_lit_region(frame) is None


def test_hot_pixels_are_no_light():
    frame = with_hot_pixels()
    assert has_black_background(frame)
    assert lit_view(frame).max() < 16
