"""A mask at the photograph's size keeps its labels, and its edges run between the measured pixels."""

import cv2
import numpy as np

from sproutcast_pi.vision.segmentation.instances import upscale_labels
from tests.vision.helpers import dice_coefficient, rosette


def test_edges_run_between_pixels_and_labels_stay():
    truth = rosette((400, 300), 200, 6)
    small = cv2.resize(truth, (200, 150), interpolation=cv2.INTER_AREA)
    odds = (small.astype(np.float32) - 127.5) / 30
    labels = np.where(small > 127, 2, 0).astype(np.uint8)
    wide = upscale_labels(labels, odds, truth.shape[::-1])
    plain = cv2.resize(labels, truth.shape[::-1], interpolation=cv2.INTER_NEAREST)
    assert set(np.unique(wide)) == {0, 2}
    assert dice_coefficient(wide, truth) > dice_coefficient(plain, truth) + 0.005
    assert upscale_labels(labels, odds, (200, 150)) is labels


def test_what_was_left_out_stays_out_and_filled_holes_stay_filled():
    labels = np.zeros((50, 60), np.uint8)
    labels[10:40, 10:30] = 1
    odds = np.where(labels > 0, 3.0, -3.0).astype(np.float32)
    odds[20:30, 15:25] = -3
    odds[10:40, 40:50] = 3
    wide = upscale_labels(labels, odds, (240, 200))
    assert wide[80:120, 60:100].all()
    assert not wide[:, 130:].any()
