"""A painted 24-patch card, seen in other light and through another camera's tone curve."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sproutcast_pi.vision.colour.colour_card import REFERENCE_RGB, find_card, fit_card
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest
from tests.vision.helpers import render_photo, rosette

PATCH, GAP = 60, 10
TRUE = np.array(REFERENCE_RGB, np.float64)
ALL = np.ones(24, bool)


def card(blue=1.0, red=1.0, ground=230):
    """A card on pale ground, in light with that much blue and red."""
    picture = np.full((720, 960, 3), ground, np.uint8)
    left, top = (960 - 6 * (PATCH + GAP)) // 2, (720 - 4 * (PATCH + GAP)) // 2
    cv2.rectangle(picture, (left - 20, top - 20), (960 - left + 10, 720 - top + 10), (20, 20, 20), -1)
    for index, colour in enumerate(REFERENCE_RGB):
        row, column = divmod(index, 6)
        x, y = left + column * (PATCH + GAP), top + row * (PATCH + GAP)
        cv2.rectangle(picture, (x, y), (x + PATCH - 1, y + PATCH - 1), colour[::-1], -1)
    noisy = picture + np.random.default_rng(1).normal(0, 2, picture.shape)
    return np.clip(cv2.GaussianBlur(np.clip(noisy, 0, 255), (0, 0), 1) * (blue, 1, red), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("blue", "red"), [(1.0, 1.0), (0.85, 1.0), (0.9, 0.9)])
def test_the_light_is_divided_out(blue, red):
    found = find_card(card(blue, red))
    assert found.fits
    assert found.gains() == pytest.approx((1 / blue, 1.0, 1 / red), rel=0.04)


@given(
    mix=st.tuples(*[st.floats(0, 0.15)] * 6),
    curve=st.sampled_from([1.0, 1.8, 2.2, 2.6]),
    light=st.floats(0.3, 0.9),
)
@settings(max_examples=40, deadline=None)
def test_a_camera_that_mixes_colours_through_any_curve_is_corrected(mix, curve, light):
    a, b, c, d, e, f = mix
    camera = np.array([[1 - a - b, a, b], [c, 1 - c - d, d], [e, f, 1 - e - f]])
    seen = np.clip((TRUE / 255) ** 2.2 @ camera * light, 0, 1) ** (1 / curve) * 255
    found = fit_card(seen, ALL)
    assert found.fits
    assert found.error_after < 1
    assert np.abs(found.corrected(seen[:, ::-1])[:, ::-1] - TRUE).mean() < 2


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_colours_that_are_no_card_are_rejected(seed):
    assert not fit_card(np.random.default_rng(seed).uniform(0, 255, (24, 3)), ALL).fits


def test_a_card_that_is_mostly_burnt_out_is_rejected():
    assert not fit_card(TRUE, np.arange(24) < 11).fits
    assert fit_card(TRUE, np.arange(24) < 12).fits


def test_without_a_card_there_is_no_correction():
    assert find_card(np.full((240, 320, 3), 120, np.uint8)) is None


def beside_a_card(blue=1.0, red=1.0):
    """A plant on soil with the card below it, in that light."""
    picture = np.vstack([render_photo(rosette((480, 300), 140, 6, width=960)), card(ground=120)[180:540]])
    return np.clip(picture * (blue, 1, red), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("blue", "red"), [(0.85, 1.15), (1.15, 0.85), (0.6, 1.0)])
def test_with_a_card_greenness_and_hue_stay_whatever_the_light(blue, red):
    request = MeasureRequest(colour_card=True)
    plain, other = (
        measure(photo_from_frame(beside_a_card(*light)), request).plants[0] for light in ((1, 1), (blue, red))
    )
    assert other.chlorophyll_index == pytest.approx(plain.chlorophyll_index, rel=0.04)
    assert other.hue_deg == pytest.approx(plain.hue_deg, abs=2)
