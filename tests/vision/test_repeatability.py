"""A number doesn't jump when only the picture's grain does."""

import cv2
import numpy as np
import pytest

from sproutcast_pi.vision.colour.colour_table import MIN_STEP_VALUES, STEPS, steps_of
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.metrics.shape import measure_size
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.segmentation.instances import find_plants
from sproutcast_pi.vision.types import MeasureRequest


def test_no_coarse_step_is_finer_than_noise_and_a_confirmed_one_may_be():
    dark = np.random.default_rng(1).integers(0, 12, (80, 80, 3)).astype(np.uint8)
    dark[:8] = 60
    for coarse in (True, False):
        numbers = steps_of(dark, coarse=coarse)[0]
        widths = np.bincount(numbers)[1:-1]
        assert numbers.max() < STEPS
        assert (widths.min() >= MIN_STEP_VALUES) == coarse


def test_a_plant_before_black_keeps_its_area_in_a_poor_jpeg(dev):
    picture = cv2.imread(str(dev / "brassica_series" / "BR017-209111_2018-06-26.jpg"))
    poor = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_COLOR)
    before, after = (measure(photo_from_frame(one), MeasureRequest()).plants[0].area_px for one in (picture, poor))
    assert after == pytest.approx(before, rel=0.12)


def test_the_height_lies_between_pixels():
    plant = np.zeros((30, 30), np.uint8)
    plant[5:25, 5:25] = 255
    heights = [measure_size(plant, (0, 0), 10.0).height_px]
    for pixels in (1, 2, 3):
        plant[4, 5 : 5 + pixels] = 255
        heights.append(measure_size(plant, (0, 0), 10.0).height_px)
    assert heights == sorted(heights)
    assert 0 < heights[-1] - heights[0] < 10, "three pixels above are no whole row"


def test_neighbours_in_a_small_picture_stay_two():
    mask = np.zeros((150, 200), np.uint8)
    for left in (40, 75):
        mask[50:80, left : left + 30] = 255
    assert find_plants(mask).max() == 2
