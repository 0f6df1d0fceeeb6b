"""A scale from the plant's pot, from the owner, or from a marker; the nearest to the plant counts."""

import json

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.cli import run
from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.ports import CameraSettings
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.simulated.greenhouse import Scene, region
from sproutcast_pi.simulated.plant_model import PlantTruth
from sproutcast_pi.simulated.rendered_camera import RenderedCamera
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.metrics.scale import MIN_RIM_PX, pot_scale
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest
from tests.vision.helpers import render_photo, rosette

SHARE = st.floats(0, 1)


def rim(left, right):
    return ((left, 0.7), (right, 0.7), (right, 0.8), (left, 0.8))


@given(left=SHARE, right=SHARE, width=st.integers(100, 8000), pot_cm=st.floats(1, 200))
def test_a_rim_is_as_many_centimetres_as_its_pot(left, right, width, pot_cm):
    found = pot_scale(PlantJob(plant=1, pot_diameter_cm=pot_cm, pot_region=rim(left, right)), width)
    wide = abs(right - left) * width
    if wide < MIN_RIM_PX:
        assert found is None
    else:
        assert found.px_per_cm * pot_cm == pytest.approx(wide)


def test_without_its_width_or_its_place_a_pot_tells_nothing():
    assert pot_scale(PlantJob(plant=1, pot_region=rim(0.2, 0.5)), 800) is None
    assert pot_scale(PlantJob(plant=1, pot_diameter_cm=12.0), 800) is None


def photographed(width, height, pots):
    """The same plant, first of so many on the shelf, in a pot of 14 cm whose rim the owner marked."""
    truth = PlantTruth(
        plant=3,
        area_share=0.6,
        droop_deg=2.0,
        hue_deg=112.0,
        yellow_share=0.0,
        bloom_share=0.0,
        leaf_count=9,
        water=0.8,
        food=0.8,
        half_wilted=False,
    )
    scene = Scene(seed=3, plants=(truth,) * pots)
    painting = RenderedCamera(scene).render(CameraSettings(width=width, height=height))
    slot = width / pots
    radius = 0.163 * min(slot * 1.2, height * 0.98) / width
    middle = 0.5 / pots
    job = PlantJob(
        plant=1, region=region(0, pots), pot_diameter_cm=14.0, pot_region=rim(middle - radius, middle + radius)
    )
    (plant,) = measure(photo_from_frame(painting.picture), MeasureRequest(plants=(job,))).plants
    return plant


def test_a_plant_is_as_large_however_far_away_the_camera_stands():
    seen_plants = [photographed(*view) for view in ((960, 720, 1), (1600, 1200, 1), (960, 720, 2), (1280, 720, 3))]
    assert {plant.scale for plant in seen_plants} == {"pot"}
    assert max(plant.area_px for plant in seen_plants) > 3 * min(plant.area_px for plant in seen_plants)
    for plant in seen_plants:
        assert plant.area_cm2 == pytest.approx(seen_plants[0].area_cm2, rel=0.1)
        assert plant.height_cm == pytest.approx(seen_plants[0].height_cm, rel=0.08)


def test_the_pot_counts_more_than_what_was_given_and_that_more_than_a_marker():
    picture = render_photo(rosette((400, 300), 140, 6))
    marker = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), 3, 100)
    picture[440:580, 340:480] = 240
    picture[460:560, 360:460] = np.repeat(marker[..., None], 3, axis=2)

    def seen_plants(known, **pot):
        job = PlantJob(plant=1, **pot)
        return measure(photo_from_frame(picture), MeasureRequest(plants=(job,), px_per_cm=known)).plants[0]

    pot = {"pot_diameter_cm": 10.0, "pot_region": rim(0.25, 0.75)}
    for known, pots, source, px_per_cm in (
        (30.0, pot, "pot", 40.0),
        (30.0, {}, "given", 30.0),
        (None, {}, "marker", 20.0),
    ):
        plant = seen_plants(known, **pots)
        assert plant.scale == source
        assert plant.area_cm2 == pytest.approx(plant.area_px / px_per_cm**2, rel=0.05)


def test_of_a_pot_that_nobody_marked_it_is_said_what_to_do():
    job = PlantJob(plant=1, pot_diameter_cm=10.0)
    (plant,) = measure(
        photo_from_frame(render_photo(rosette((400, 300), 140, 6))), MeasureRequest(plants=(job,))
    ).plants
    assert (plant.area_cm2, plant.scale) == (None, None)
    assert plant.left_out["area_cm2"] == withheld_reasons.POT_UNMARKED


def test_the_command_line_takes_a_pot_and_says_what_is_missing(tmp_path, capsys):
    file = str(tmp_path / "a.png")
    cv2.imwrite(file, render_photo(rosette((400, 300), 140, 6)))
    assert run(["analyze", file, "--json", "--pot-diameter", "10", "--pot-rim", "0.25", "0.75"]) == 0
    (plant,) = json.loads(capsys.readouterr().out)["plants"]
    assert (plant["scale"], plant["area_cm2"]) == ("pot", pytest.approx(plant["area_px"] / 1600, rel=0.01))
    assert run(["analyze", file, "--pot-diameter", "10"]) != 0
    assert "go together" in capsys.readouterr().err
