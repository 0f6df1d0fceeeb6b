"""The quick ways to a picture's channels and pixels say what numpy's plain ones say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.vision.types import max_channel, min_channel, subsample


def picture(height, width):
    return np.random.default_rng(height * 100 + width).integers(0, 256, (height, width, 3), np.uint8)


@given(st.integers(1, 9), st.integers(1, 40), st.integers(1, 40))
def test_every_nth_pixel(step, height, width):
    bgr = picture(height, width)
    assert (subsample(step, bgr) == bgr[::step, ::step]).all()


def test_every_nth_pixel_of_a_part_of_a_picture():
    part = picture(30, 40)[5:25, 7:31]
    assert (subsample(3, part) == part[::3, ::3]).all()


@pytest.mark.parametrize(("ours", "axis"), [(max_channel, np.max), (min_channel, np.min)])
def test_brightest_and_darkest_channel(ours, axis):
    bgr = picture(20, 30)
    assert (ours(bgr) == axis(bgr, axis=2)).all()
