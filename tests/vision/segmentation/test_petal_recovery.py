"""Flowers that opened after a place's picture was confirmed belong to the plant; labels and pots don't."""

import cv2
import numpy as np
import pytest

from sproutcast_pi.vision.segmentation.mask_refinement import MIN_NET_ODDS, recover_petals

LEAF, YELLOW, PURPLE, GREY = (50, 120, 60), (40, 210, 230), (150, 40, 140), (90, 90, 90)
SHAPE = (300, 400)


def _found(petal=YELLOW, leaf=LEAF, gap=4, net=0.0, known=False):
    bgr = np.full((*SHAPE, 3), 25, np.uint8)
    plant = np.zeros(SHAPE, np.uint8)
    cv2.circle(bgr, (150, 150), 50, leaf, -1)
    cv2.circle(plant, (150, 150), 50, 1, -1)
    flower = np.zeros(SHAPE, np.uint8)
    cv2.circle(flower, (150 + 50 + gap + 10, 150), 10, 1, -1)
    bgr[flower > 0] = petal
    odds = np.where(plant > 0, 5.0, -5.0).astype(np.float32)
    odds[flower > 0] = net
    elsewhere = np.full(SHAPE, known)
    found = recover_petals(bgr, plant > 0, odds, elsewhere)
    assert not (found & (cv2.dilate(flower, np.ones((3, 3), np.uint8)) == 0)).any()
    return (found & (flower > 0)).sum() / flower.sum()


@pytest.mark.parametrize("petal", [YELLOW, PURPLE])
def test_a_flower_beside_the_plant_is_part_of_it(petal):
    assert _found(petal) == 1


@pytest.mark.parametrize(
    "otherwise",
    [{"net": MIN_NET_ODDS - 1}, {"known": True}, {"gap": 60}, {"leaf": GREY}, {"petal": LEAF}],
    ids=["the net says no", "the place had it before", "far from the plant", "grey leaves", "a leaf"],
)
def test_what_may_be_something_else_is_not(otherwise):
    assert _found(**otherwise) == 0


def test_flowers_beside_flowers_are_linked():
    bgr = np.full((*SHAPE, 3), 25, np.uint8)
    cv2.circle(bgr, (100, 150), 40, LEAF, -1)
    plant = bgr[..., 1] > 100
    middles = [(146 + 14 * i, 150) for i in range(3)]
    for middle in middles:
        cv2.circle(bgr, middle, 5, YELLOW, -1)
    found = recover_petals(bgr, plant, np.zeros(SHAPE, np.float32), np.zeros(SHAPE, bool))
    assert [bool(found[y, x]) for x, y in middles] == [True, True, True]


def test_without_a_plant_there_are_no_petals():
    bgr = np.full((*SHAPE, 3), YELLOW, np.uint8)
    nothing = np.zeros(SHAPE, bool)
    assert not recover_petals(bgr, nothing, np.zeros(SHAPE, np.float32), nothing).any()
