"""Pictures of a plant in forms no camera of ours makes, and pictures of a place where something went wrong."""

import cv2
import numpy as np
import pytest

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.measure import measure, measure_photo
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest
from tests.vision.helpers import render_photo, rosette
from tests.vision.photo.cmyk_jpeg import cmyk_jpeg

TURNED_LEFT = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"


MASK = rosette((400, 300), 140, 6)


def picture():
    return render_photo(MASK)


def encoded(ending, image):
    return cv2.imencode(ending, image)[1].tobytes()


def only_plant(data):
    (plant,) = measure_photo(data, name="odd").plants
    return plant


@pytest.fixture(scope="module")
def plain():
    return only_plant(encoded(".png", picture()))


def with_alpha(image):
    return np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])


@pytest.mark.parametrize(
    "data",
    [
        encoded(".png", picture().astype(np.uint16) * 257),
        encoded(".png", with_alpha(picture())),
        encoded(".tiff", picture()),
        encoded(".webp", picture()),
        cmyk_jpeg(cv2.resize(picture(), None, fx=4, fy=4)),
    ],
    ids=["16 bit", "alpha", "tiff", "webp", "cmyk"],
)
def test_odd_forms_measure_as_the_plain_one(plain, data):
    plant = only_plant(data)
    assert plant.area_percent == pytest.approx(plain.area_percent, rel=0.1)
    assert plant.hue_deg == pytest.approx(plain.hue_deg, abs=4)


def test_a_portrait_by_exif_is_measured_upright(plain):
    jpeg = encoded(".jpg", picture())
    turned = jpeg[:2] + b"\xff\xe1" + (len(TURNED_LEFT) + 2).to_bytes(2, "big") + TURNED_LEFT + jpeg[2:]
    result = measure_photo(turned, name="portrait.jpg")
    (plant,) = result.plants
    assert (result.width, result.height) == (600, 800)
    assert plant.height_px == pytest.approx(plain.width_px, rel=0.05)


def test_a_seedling_before_a_black_cloth_is_not_a_covered_lens():
    mask = rosette((400, 300), 40, 5)
    dark = np.full((600, 800, 3), 5, np.uint8)
    dark[mask > 0] = (40, 110, 60)
    result = measure(photo_from_frame(dark), MeasureRequest(light_level=1.0))
    assert result.quality.verdict != "refused"
    assert not any("picture is dark" in note for note in result.notes)


def test_before_black_the_size_is_reported_and_the_colour_is_left_out_with_the_reason():
    result = measure(photo_from_frame(np.where(MASK[..., None] > 0, picture(), 3).astype(np.uint8)), MeasureRequest())
    assert result.plants[0].area_px > 0
    assert result.plants[0].hue_deg is None
    assert any("everything around the plant is black" in note for note in result.notes)
    assert result.quality.verdict == "ok", "the place is as it is, the picture is good"


def test_a_burnt_out_plant_has_no_colour_and_no_spots():
    bright = np.clip(render_photo(MASK, leaf=(150, 250, 160)) * 1.3, 0, 255).astype(np.uint8)
    (plant, *_) = measure(photo_from_frame(bright), MeasureRequest()).plants
    assert plant.chlorophyll_index is None
    assert plant.lesion_percent is None
    assert plant.left_out["chlorophyll_index"] == withheld_reasons.BURNT_OUT
    assert plant.left_out["lesion_percent"] == withheld_reasons.PARTLY_BURNT_OUT


def test_a_hand_before_a_known_place_is_reported(tmp_path):
    scene = picture()
    for x, y, colour in ((90, 90, (200, 80, 60)), (690, 120, (60, 90, 210)), (700, 520, (210, 210, 90))):
        cv2.rectangle(scene, (x - 50, y - 40), (x + 50, y + 40), colour, -1)
    cv2.imwrite(str(tmp_path / "before.png"), scene)
    for finger in range(5):
        cv2.line(scene, (60 + 160 * finger, 0), (420, 560), (110, 140, 205), 130)
    result = measure(photo_from_frame(scene), MeasureRequest(reference=str(tmp_path / "before.png")))
    assert any("stands in front" in note for note in result.notes)


def test_a_plant_too_small_to_judge_has_a_size_and_a_reason():
    (plant,) = measure(photo_from_frame(render_photo(rosette((400, 300), 28, 5))), MeasureRequest()).plants
    assert plant.area_px > 0
    assert (plant.hue_deg, plant.turgor_index, plant.bloom_percent, plant.health_score) == (None,) * 4
    assert set(plant.left_out.values()) == {withheld_reasons.TOO_SMALL}
    assert {"hue_deg", "turgor_index", "leaf_count", "lesion_percent"} < set(plant.left_out)
