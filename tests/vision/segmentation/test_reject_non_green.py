"""What is small and star-shaped but not green is no seedling."""

import cv2
import numpy as np
import pytest

from sproutcast_pi.vision.colour.colour_correction import PixelCorrection
from sproutcast_pi.vision.segmentation.mask_refinement import reject_non_green
from tests.vision.helpers import rosette

GREEN, WHITE, PURPLE = (60, 150, 80), (235, 240, 238), (120, 60, 130)


def shown(*things):
    """A picture of small or large stars side by side, and their labels."""
    labels = np.zeros((300, 900), np.uint8)
    bgr = np.full((300, 900, 3), 60, np.uint8)
    for number, (radius, colour) in enumerate(things, 1):
        star = rosette((150 + 300 * (number - 1), 150), radius, 5, height=300, width=900)
        labels[star > 0] = number
        bgr[star > 0] = colour
    return labels, bgr


@pytest.mark.parametrize(
    ("radius", "colour", "sure", "left"),
    [
        (22, GREEN, 3.0, 1),
        (22, WHITE, 3.0, 0),
        (22, WHITE, 6.0, 1),
        (120, WHITE, 3.0, 1),
        (120, PURPLE, 3.0, 1),
        (22, PURPLE, 3.0, 0),
    ],
)
def test_only_what_is_small_not_green_and_not_certain_goes(radius, colour, sure, left):
    labels, bgr = shown((radius, colour))
    context = np.where(labels > 0, sure, -5.0).astype(np.float32)[::2, ::2]
    assert reject_non_green(labels, context, bgr, PixelCorrection()).max() == left


def test_those_that_stay_keep_their_order():
    labels, bgr = shown((22, GREEN), (22, WHITE), (22, GREEN))
    found = reject_non_green(labels, np.full(labels[::2, ::2].shape, 3.0, np.float32), bgr, PixelCorrection())
    assert [found[row, column] for row, column in ((150, 150), (150, 450), (150, 750))] == [1, 0, 2]


def test_the_light_is_divided_out_first():
    labels, bgr = shown((22, GREEN))
    dyed = cv2.multiply(bgr, (1.0, 0.6, 1.4, 0.0))
    context = np.full(labels[::2, ::2].shape, 3.0, np.float32)
    assert reject_non_green(labels, context, dyed, PixelCorrection()).max() == 0
    assert reject_non_green(labels, context, dyed, PixelCorrection((1.0, 1 / 0.6, 1 / 1.4))).max() == 1
