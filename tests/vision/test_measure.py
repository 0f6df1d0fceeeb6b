"""A photograph measured as a whole."""

import cv2
import msgspec
import numpy as np
import pytest

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.vision.measure import measure, measure_photo
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest
from tests.vision.helpers import dice_coefficient, render_photo, rosette

LEFT, RIGHT = ((0, 0), (0.5, 0), (0.5, 1), (0, 1)), ((0.5, 0), (1, 0), (1, 1), (0.5, 1))


def two_plants():
    return np.maximum(rosette((210, 320), 140, 6), rosette((600, 330), 110, 5))


def test_plants_are_found_numbered_and_measured(tmp_path):
    truth = two_plants()
    request = MeasureRequest(mask_path=str(tmp_path / "m.png"), overlay_path=str(tmp_path / "o.jpg"))
    result = measure(photo_from_frame(render_photo(truth), "tray.jpg"), request)
    assert [plant.plant for plant in result.plants] == [1, 2]
    written = cv2.imread(str(tmp_path / "m.png"), cv2.IMREAD_UNCHANGED)
    assert written.shape == truth.shape
    assert set(np.unique(written)) == {0, 1, 2}
    assert dice_coefficient(written, truth) > 0.9
    first = result.plants[0]
    assert first.area_px == pytest.approx((truth[:, :420] > 0).sum(), rel=0.12)
    assert 80 < first.hue_deg < 150
    assert max(first.yellow_percent, first.lesion_percent, first.bloom_count) < 1
    assert first.turgor_index is None
    assert first.left_out["turgor_index"] == withheld_reasons.FROM_ABOVE
    assert first.health_score > 90
    assert cv2.imread(str(tmp_path / "o.jpg")).shape == (600, 800, 3)
    msgspec.json.encode(result)


def test_the_owners_plants_keep_their_ids_and_others_are_proposed():
    request = MeasureRequest(plants=(PlantJob(plant=41, region=RIGHT, pipelines=("P3b", "P4")),))
    result = measure(photo_from_frame(render_photo(two_plants())), request)
    assert [plant.plant for plant in result.plants] == [41]
    assert result.plants[0].bbox[0] > 400
    assert result.plants[0].hue_deg is None, "nobody asked for P3a"
    assert len(result.proposals) == 1
    assert result.proposals[0].bbox[0] < 400


def test_a_scale_gives_centimetres_and_a_ruler(tmp_path):
    request = MeasureRequest(px_per_cm=20.0, overlay_path=str(tmp_path / "o.png"))
    result = measure(photo_from_frame(render_photo(two_plants())), request)
    ruler = (cv2.imread(str(tmp_path / "o.png"))[580:590, :300] == 255).all(axis=2).any(axis=0)
    assert ruler.sum() == pytest.approx(5 * 20, abs=3), "5 cm"
    plant = result.plants[0]
    assert plant.area_cm2 == pytest.approx(plant.area_px / 400, rel=0.01)
    assert plant.height_cm == pytest.approx(plant.height_px / 20, rel=0.01)


def test_a_printed_marker_gives_the_scale():
    picture = render_photo(two_plants())
    marker = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), 3, 100)
    picture[440:580, 340:480] = 240
    picture[460:560, 360:460] = marker[..., None]
    plant = measure(photo_from_frame(picture), MeasureRequest()).plants[0]
    assert plant.area_cm2 == pytest.approx(plant.area_px / 20**2, rel=0.05)


def noise(level=128, spread=40):
    return np.clip(np.random.default_rng(3).normal(level, spread, (480, 640, 3)), 0, 255).astype(np.uint8)


def card():
    picture = np.full((480, 640, 3), 200, np.uint8)
    for index, colour in enumerate(
        [(60, 140, 70), (40, 40, 200), (200, 60, 30), (30, 200, 220), (90, 90, 90), (70, 170, 90)]
    ):
        cv2.rectangle(picture, (60 + 90 * index, 150), (140 + 90 * index, 300), colour, -1)
    return picture


def hand():
    picture = np.full((480, 640, 3), (120, 125, 130), np.uint8)
    for finger in range(5):
        cv2.line(picture, (200 + 60 * finger, 60), (320, 400), (110, 140, 205), 50)
    return cv2.GaussianBlur(picture, (0, 0), 3)


@pytest.mark.parametrize(
    "picture",
    [
        noise(),
        np.full((480, 640, 3), (40, 160, 60), np.uint8),
        card(),
        hand(),
        np.tile(np.arange(640) // 3, (480, 1)).astype(np.uint8),
    ],
    ids=["noise", "all green", "card", "hand", "ramp"],
)
def test_where_no_plant_is_none_is_invented(picture):
    if picture.ndim == 2:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    assert measure(photo_from_frame(picture), MeasureRequest()).plants == ()


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (np.zeros((480, 640, 3), np.uint8), "too dark"),
        (noise(6, 3), "too dark"),
        (np.full((480, 640, 3), 255, np.uint8), "over-exposed"),
        (np.full((480, 640, 3), 90, np.uint8), "one flat shade"),
    ],
    ids=["lens cap", "night", "burnt out", "fogged"],
)
def test_what_shows_nothing_is_refused_with_the_reason(picture, reason):
    result = measure(photo_from_frame(picture), MeasureRequest())
    assert result.quality.verdict == "refused"
    assert reason in result.quality.reasons[0]
    assert result.plants == ()


def test_a_blurred_picture_is_flagged():
    result = measure(photo_from_frame(cv2.GaussianBlur(render_photo(two_plants()), (0, 0), 9)), MeasureRequest())
    assert any("blurred" in reason for reason in result.quality.reasons)


def test_a_grey_picture_has_no_colour_metrics():
    grey = cv2.cvtColor(
        cv2.cvtColor(render_photo(two_plants(), leaf=(120, 190, 130)), cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR
    )
    result = measure(photo_from_frame(grey), MeasureRequest())
    assert result.quality.verdict == "flagged"
    assert all(plant.hue_deg is None and plant.chlorophyll_index is None for plant in result.plants)
    assert {plant.left_out[metric] for plant in result.plants for metric in ("hue_deg", "bloom_count")} == {
        withheld_reasons.GREY
    }


def test_a_pink_lamp_gives_areas_but_no_colours():
    pink = np.clip(render_photo(two_plants()) * np.array([1.3, 0.3, 1.4]), 0, 255).astype(np.uint8)
    result = measure(photo_from_frame(pink), MeasureRequest(light_level=1.0))
    assert result.lamp.colour == "pink"
    assert any("the light looks pink" in note for note in result.notes)
    assert {plant.left_out["hue_deg"] for plant in result.plants} == {withheld_reasons.COLOURED_LIGHT}


def test_a_lamp_that_did_not_light_is_reported():
    result = measure(photo_from_frame(noise(6, 3)), MeasureRequest(light_level=0.8))
    assert result.lamp.lit is False
    assert any("set to 80 % but the picture is dark" in note for note in result.notes)


def test_a_moved_camera_is_reported_and_a_small_shift_corrected(tmp_path):
    picture = render_photo(two_plants())
    cv2.circle(picture, (400, 120), 40, (200, 80, 60), -1)
    cv2.imwrite(str(tmp_path / "before.png"), picture)
    shifted = cv2.warpAffine(picture, np.float32([[1, 0, 24], [0, 1, -12]]), (800, 600), borderMode=cv2.BORDER_REFLECT)
    jobs = (PlantJob(plant=1, region=LEFT), PlantJob(plant=2, region=RIGHT))
    request = MeasureRequest(plants=jobs, reference=str(tmp_path / "before.png"))
    still = measure(photo_from_frame(picture), request)
    near = measure(photo_from_frame(shifted), request)
    assert near.notes == still.notes
    assert not any("the place looks different" in note for note in near.notes)
    far = measure(photo_from_frame(np.ascontiguousarray(picture[:, ::-1])), request)
    assert any("the place looks different" in note for note in far.notes)


def test_the_same_file_gives_the_same_numbers(dev):
    path = dev / "trays" / "arabidopsis_tray.jpg"
    first, second = measure_photo(path), measure_photo(path.read_bytes(), name=path.name)
    assert first.plants == second.plants


def test_dark_frames_of_a_real_night_are_refused(dev):
    result = measure_photo(dev / "growlab_series" / "2021-04-29T01-16.jpg")
    assert result.quality.verdict == "refused"
