"""A picture in other light than its place's others: corrected where the place is known, else withheld or refused."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sproutcast_pi.model.measurement import UNUSUAL_LIGHT
from sproutcast_pi.vision.colour.exposure_ratio import exposure_ratio, exposure_warning, normalise_exposure
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.profile.profile import learn_profile, save_profile, view_of
from sproutcast_pi.vision.segmentation.segment import net_odds
from sproutcast_pi.vision.types import MeasureRequest
from tests.vision.helpers import dice_coefficient, render_photo, rosette

MASK = np.maximum(rosette((210, 320), 140, 6), rosette((600, 330), 110, 5))
PICTURE = render_photo(MASK)


def dimmed(factor, picture=PICTURE):
    return np.clip(picture * factor, 0, 255).astype(np.uint8)


@given(factor=st.floats(0.15, 1.2), grown=st.floats(0.6, 1.3))
@settings(max_examples=15, deadline=None)
def test_the_ratio_is_the_lights_whatever_the_plant_did(factor, grown):
    later = render_photo(rosette((400, 320), round(150 * grown), 6))
    earlier = render_photo(rosette((400, 320), 150, 6))
    assert exposure_ratio(view_of(earlier), view_of(dimmed(factor, later))) == pytest.approx(factor, rel=0.06)


def test_where_the_place_is_black_nothing_is_reported():
    black = np.where(MASK[..., None] > 0, PICTURE, 2).astype(np.uint8)
    black[MASK == 0] = 2
    small = cv2.resize(black, None, fx=0.2, fy=0.2)
    place = np.full_like(black, 2)
    place[:120, :160] = small
    assert exposure_ratio(view_of(place), view_of(dimmed(0.3, place))) is None


@given(st.floats(0.5, 1.6))
def test_ordinary_days_are_no_news(ratio):
    assert exposure_warning(ratio) is None


def test_a_picture_of_the_same_light_is_not_touched():
    assert normalise_exposure(PICTURE, 1.05) is PICTURE
    assert normalise_exposure(PICTURE, None) is PICTURE


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    path = tmp_path_factory.mktemp("place") / "place.npz"
    save_profile(learn_profile([(PICTURE, MASK, net_odds(PICTURE))]), path)
    return str(path)


@pytest.mark.parametrize("factor", [0.7, 0.4, 0.2])
def test_with_a_profile_the_plants_of_a_darker_picture_are_found_as_ever(profile, tmp_path, factor):
    request = MeasureRequest(profile=profile, mask_path=str(tmp_path / "m.png"))
    result = measure(photo_from_frame(dimmed(factor)), request)
    assert dice_coefficient(cv2.imread(str(tmp_path / "m.png"), cv2.IMREAD_UNCHANGED), MASK) > 0.9
    assert result.profile_fits
    warned = any(reason.code in UNUSUAL_LIGHT for reason in result.quality.messages)
    assert warned == (factor < 0.5)


def test_without_one_a_far_darker_picture_is_refused_and_a_darker_one_flagged(tmp_path):
    before = str(tmp_path / "before.png")
    cv2.imwrite(before, PICTURE)
    verdicts = {
        factor: measure(photo_from_frame(dimmed(factor)), MeasureRequest(reference=before)).quality.verdict
        for factor in (0.9, 0.4, 0.16)
    }
    assert verdicts == {0.9: "ok", 0.4: "flagged", 0.16: "refused"}
