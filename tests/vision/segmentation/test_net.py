"""A dark picture is raised for the net, a bright one is shown as it is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.vision.segmentation.net import lift_shadows


def _picture(bright: int, share: float) -> np.ndarray:
    picture = np.full((80, 80, 3), 6, np.uint8)
    picture[: round(80 * share)] = bright
    return picture


@given(st.integers(1, 126))
def test_the_brightest_part_of_a_dark_picture_comes_nearer_to_half(level):
    top = int(lift_shadows(_picture(level, 0.1)).max())
    assert level < top <= 128
    assert level < 64 or top >= 127  # a gamma of a half takes a quarter to a half


@given(st.integers(128, 255))
def test_a_bright_picture_stays_as_it_is(level):
    picture = _picture(level, 0.1)
    assert lift_shadows(picture) is picture


def test_a_speck_of_light_makes_no_bright_picture():
    picture = _picture(40, 0.2)
    picture[0, 0] = 255
    assert lift_shadows(picture)[1, 1, 0] > 80


def test_black_stays_black():
    assert not lift_shadows(np.zeros((80, 80, 3), np.uint8)).any()
