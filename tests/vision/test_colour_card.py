"""A painted 24-patch card, seen in other light."""

import cv2
import numpy as np
import pytest

from sproutcast_pi.vision.colour_card import KNOWN_RGB, card_gains, card_matrix

PATCH, GAP = 60, 10


def card(blue=1.0, red=1.0):
    """A card on pale ground, in light with that much blue and red."""
    picture = np.full((720, 960, 3), 230, np.uint8)
    left, top = (960 - 6 * (PATCH + GAP)) // 2, (720 - 4 * (PATCH + GAP)) // 2
    cv2.rectangle(picture, (left - 20, top - 20), (960 - left + 10, 720 - top + 10), (20, 20, 20), -1)
    for index, colour in enumerate(KNOWN_RGB):
        row, column = divmod(index, 6)
        x, y = left + column * (PATCH + GAP), top + row * (PATCH + GAP)
        cv2.rectangle(picture, (x, y), (x + PATCH - 1, y + PATCH - 1), colour[::-1], -1)
    noisy = picture + np.random.default_rng(1).normal(0, 2, picture.shape)
    return np.clip(cv2.GaussianBlur(np.clip(noisy, 0, 255), (0, 0), 1) * (blue, 1, red), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("blue", "red"), [(1.0, 1.0), (0.85, 1.0), (0.9, 0.9)])
def test_the_light_is_divided_out(blue, red):
    gains = card_gains(card(blue, red))
    assert gains == pytest.approx((1 / blue, 1.0, 1 / red), rel=0.04)


def test_the_matrix_brings_every_patch_near_its_true_colour():
    matrix = card_matrix(card(0.85, 1.0))
    true = (np.array(KNOWN_RGB) / 255) ** 2.2
    seen = ((np.array(KNOWN_RGB) * (1.0, 1.0, 0.85)) / 255) ** 2.2
    assert np.abs(seen @ matrix.T - true).mean() < 0.5 * np.abs(seen - true).mean()


def test_without_a_card_there_is_no_correction():
    assert card_gains(np.full((240, 320, 3), 120, np.uint8)) is None
