"""Petals, spots and yellowing on a leaf whose truth is known."""

import cv2
import numpy as np
import pytest

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.colour.indices import chlorophyll_of, hue_of, midtones_of
from sproutcast_pi.vision.colour.plant_colours import colours_of
from sproutcast_pi.vision.metrics.bloom import bloom_of
from sproutcast_pi.vision.metrics.lesions import lesions_of
from sproutcast_pi.vision.metrics.shape import count_leaves
from sproutcast_pi.vision.types import Withheld
from tests.vision.helpers import dice_coefficient, render_photo, rosette


def leaf():
    mask = rosette((400, 300), 220, 6)
    return render_photo(mask), mask


def with_discs(colour, radius=14):
    picture, mask = leaf()
    discs = np.zeros_like(mask)
    for x, y in ((520, 300), (330, 190), (330, 410)):
        cv2.circle(discs, (x, y), radius, 255, -1)
    picture[discs > 0] = colour
    return cv2.GaussianBlur(picture, (0, 0), 0.8), mask, discs


@pytest.mark.parametrize(
    "petal", [(30, 220, 245), (250, 250, 250), (60, 40, 230), (200, 70, 190)], ids=["yellow", "white", "red", "purple"]
)
def test_petals_of_any_colour_are_found(petal):
    picture, mask, discs = with_discs(petal)
    found = bloom_of(colours_of(picture, mask))
    assert dice_coefficient(found.mask, discs) > 0.8
    assert found.bloom_count == 3


def test_foliage_has_no_petals_and_no_spots():
    colours = colours_of(*leaf())
    assert bloom_of(colours).bloom_percent == 0
    measured = lesions_of(colours)
    assert (measured.lesion_percent, measured.yellow_percent) == (0, 0)


def test_glare_that_fades_into_the_leaf_is_no_petal():
    picture, mask = leaf()
    light = np.zeros(mask.shape, np.float32)
    for x, y in ((500, 300), (350, 210), (350, 390)):
        cv2.circle(light, (x, y), 22, 1.0, -1)
    light = np.clip(cv2.GaussianBlur(light, (0, 0), 12) * 1.6, 0, 1)[..., None]
    glaring = (picture * (1 - light) + 248 * light).astype(np.uint8)
    assert bloom_of(colours_of(glaring, mask)).bloom_percent == 0
    assert (colours_of(glaring, mask).lab[..., 0] > 220)[mask > 0].mean() > 0.02


@pytest.mark.parametrize(("angle", "measured"), [(0, False), (20, False), (90, False), (None, True)])
def test_a_white_label_is_no_petal_and_a_white_petal_is_no_label(angle, measured):
    picture, mask = leaf()
    if angle is None:
        cv2.ellipse(picture, (520, 300), (30, 12), 15, 0, 360, (250, 250, 250), -1)
    else:
        corners = cv2.boxPoints(((520, 300), (56, 20), angle)).astype(np.int32)
        cv2.fillPoly(picture, [corners], (250, 250, 250))
    assert (bloom_of(colours_of(picture, mask)).bloom_count == 1) == measured


def test_grainy_soil_seen_between_leaves_is_no_spot():
    picture, mask = leaf()
    rng = np.random.default_rng(4)
    soil = np.clip(rng.normal((52, 68, 92), 60, (*mask.shape, 3)), 0, 255).astype(np.uint8)
    soil = cv2.GaussianBlur(soil, (0, 0), 1)
    picture[mask == 0] = soil[mask == 0]
    for x, y in ((520, 300), (330, 190), (330, 410)):
        picture[y - 9 : y + 9, x - 9 : x + 9] = soil[y - 9 : y + 9, x - 9 : x + 9]
    assert lesions_of(colours_of(picture, mask)).lesion_percent < 0.3


def test_brown_spots_are_found():
    picture, mask, discs = with_discs((40, 60, 110))
    measured = lesions_of(colours_of(picture, mask))
    assert dice_coefficient(measured.lesions, discs) > 0.8
    assert measured.lesion_percent == pytest.approx(100 * (discs > 0).sum() / (mask > 0).sum(), rel=0.3)


def test_yellow_leaf_is_yellow_not_spotted_or_blooming():
    picture, mask, _ = with_discs((50, 150, 165), radius=40)
    measured = lesions_of(colours_of(picture, mask), bloom_of(colours_of(picture, mask)).mask)
    assert measured.yellow_percent > 1
    assert measured.lesion_percent < measured.yellow_percent


@pytest.mark.parametrize("exposure", [0.6, 0.8, 1.1])
def test_greenness_and_hue_do_not_follow_exposure(exposure):
    picture, mask = leaf()
    other = np.clip(picture * exposure, 0, 255).astype(np.uint8)
    assert chlorophyll_of(midtones_of(other, mask)).excess_green == pytest.approx(
        chlorophyll_of(midtones_of(picture, mask)).excess_green, rel=0.04
    )
    assert hue_of(midtones_of(other, mask)).hue_deg == pytest.approx(hue_of(midtones_of(picture, mask)).hue_deg, abs=2)


@pytest.mark.parametrize(
    ("colour", "hue"), [((0, 0, 255), 0), ((0, 255, 255), 60), ((0, 255, 0), 120), ((255, 0, 0), 240)]
)
def test_pure_colours_have_their_hue(colour, hue):
    picture = np.full((40, 40, 3), colour, np.uint8)
    measured = hue_of(picture.reshape(-1, 3))
    assert (measured.hue_deg + 1e-6) % 360 == pytest.approx(hue, abs=0.5)
    assert measured.hue_sd_deg == pytest.approx(0, abs=0.1)


def test_grey_has_no_hue_and_black_no_greenness():
    grey, black = np.full((40, 40, 3), 120, np.uint8), np.zeros((40, 40, 3), np.uint8)
    assert hue_of(grey.reshape(-1, 3)) is None
    assert chlorophyll_of(black.reshape(-1, 3)) is None


@pytest.mark.parametrize("leaves", [3, 5, 7])
def test_leaves_that_stand_apart_are_counted(leaves):
    mask = np.zeros((600, 800), np.uint8)
    for angle in np.arange(leaves) * 2 * np.pi / leaves:
        tip = (round(400 + 120 * np.cos(angle)), round(300 + 120 * np.sin(angle)))
        cv2.ellipse(mask, tip, (120, 22), np.degrees(angle), 0, 360, 255, -1)
    assert count_leaves(mask) == leaves


def test_leaves_that_cover_each_other_are_not_counted():
    assert count_leaves(rosette((400, 300), 220, 9)) == Withheld(withheld_reasons.COVERED)


def test_soil_between_leaves_is_no_spot_and_grains_on_it_are_no_petals():
    mask = rosette((400, 300), 220, 6)
    loose = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (61, 61)))
    picture = render_photo(mask, ground=(40, 60, 110))
    rng = np.random.default_rng(5)
    for x, y in rng.integers((0, 40), (800, 600), (1500, 2)):
        if not mask[y - 3 : y + 4, x - 3 : x + 4].any():
            cv2.circle(picture, (int(x), int(y)), 3, (150, 200, 225), -1)
    colours = colours_of(picture, loose)
    bloom = bloom_of(colours)
    assert bloom.bloom_percent == 0
    assert lesions_of(colours, bloom.mask).lesion_percent < 1


@pytest.mark.parametrize(("tip", "measured"), [((47, 185, 175), False), ((30, 220, 240), True)])
def test_the_bright_tip_of_a_thin_blade_is_no_flower(tip, measured):
    picture = np.full((200, 200, 3), 30, np.uint8)
    mask = np.zeros((200, 200), np.uint8)
    for at in range(20, 200, 40):
        for top, bottom, colour in ((20, 190, (60, 150, 80)), (20, 34, tip)):
            cv2.rectangle(picture, (at, top), (at + 3, bottom), colour, -1)
            cv2.rectangle(mask, (at, top), (at + 3, bottom), 255, -1)
    assert (bloom_of(colours_of(picture, mask)).bloom_percent > 0) == measured
