"""What counts as a plant: a thing that reaches into the frame doesn't, a plant that does counts."""

import cv2
import numpy as np
import pytest

from sproutcast_pi.vision.segmentation.instances import find_plants

GREEN, DULL, OLIVE = (60, 160, 70), (110, 125, 115), (90, 125, 95)


@pytest.mark.parametrize(("edge", "whole", "count"), [(DULL, GREEN, 1), (GREEN, GREEN, 2), (DULL, DULL, 2)])
def test_what_the_edge_cuts_must_look_like_a_whole_plant(edge, whole, count):
    bgr = np.full((300, 400, 3), 40, np.uint8)
    mask = np.zeros((300, 400), np.uint8)
    for box, colour in (((0, 180, 60, 80), edge), ((200, 80, 70, 90), whole)):
        x, y, width, height = box
        cv2.rectangle(bgr, (x, y), (x + width, y + height), colour, -1)
        cv2.rectangle(mask, (x, y), (x + width, y + height), 255, -1)
    odds = np.where(mask > 0, 5.0, -5.0).astype(np.float32)
    assert find_plants(mask, odds, bgr).max() == count
    assert find_plants(mask, odds).max() == 2


def test_a_flower_on_a_plant_that_the_edge_cuts_is_no_other_plant():
    bgr = np.full((300, 400, 3), 40, np.uint8)
    mask = np.zeros((300, 400), np.uint8)
    for (x, y, width, height), colour in (((150, 100, 80, 200), DULL), ((170, 60, 30, 30), (30, 220, 240))):
        cv2.rectangle(bgr, (x, y), (x + width, y + height), colour, -1)
        cv2.rectangle(mask, (x, y), (x + width, y + height), 255, -1)
    found = find_plants(mask, np.where(mask > 0, 5.0, -5.0).astype(np.float32), bgr)
    assert found.max() == 1
    assert np.array_equal(found > 0, mask > 0)


@pytest.mark.parametrize("light", [(1.0, 1.0, 1.0), (0.3, 0.3, 0.3), (0.3, 0.7, 1.0)], ids=["day", "dim", "amber"])
@pytest.mark.parametrize(("edge", "count"), [(OLIVE, 1), (GREEN, 2)])
def test_a_thing_that_the_edge_cuts_is_one_in_any_light(edge, count, light):
    bgr = np.full((300, 400, 3), 60, np.uint8)
    mask = np.zeros((300, 400), np.uint8)
    for (x, y, width, height), colour in (((0, 180, 60, 80), edge), ((200, 80, 70, 90), GREEN)):
        cv2.rectangle(bgr, (x, y), (x + width, y + height), colour, -1)
        cv2.rectangle(mask, (x, y), (x + width, y + height), 255, -1)
    odds = np.where(mask > 0, 5.0, -5.0).astype(np.float32)
    assert find_plants(mask, odds, (bgr * light).astype(np.uint8)).max() == count


def test_without_colours_what_the_edge_cuts_may_be_a_plant():
    mask = np.zeros((300, 400), np.uint8)
    grey = np.full((300, 400, 3), 60, np.uint8)
    for (x, y, width, height), shade in (((0, 180, 60, 80), 110), ((200, 80, 70, 90), 170)):
        cv2.rectangle(grey, (x, y), (x + width, y + height), (shade,) * 3, -1)
        cv2.rectangle(mask, (x, y), (x + width, y + height), 255, -1)
    odds = np.where(mask > 0, 5.0, -5.0).astype(np.float32)
    assert find_plants(mask, odds, grey).max() == 2


@pytest.mark.parametrize(("along", "count"), [(8, 2), (40, 1)], ids=["a tip", "cut"])
def test_a_plant_that_reaches_the_edge_with_a_tip_is_whole(along, count):
    bgr = np.full((600, 800, 3), 40, np.uint8)
    mask = np.zeros((600, 800), np.uint8)
    for (x, y, width, height), colour in (
        ((30, 300, 100, 80), DULL),
        ((0, 330, 40, along), DULL),
        ((400, 160, 140, 180), GREEN),
    ):
        cv2.rectangle(bgr, (x, y), (x + width, y + height), colour, -1)
        cv2.rectangle(mask, (x, y), (x + width, y + height), 255, -1)
    odds = np.where(mask > 0, 5.0, -5.0).astype(np.float32)
    assert find_plants(mask, odds, bgr).max() == count
