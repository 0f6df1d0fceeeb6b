"""No plant, or a part of one, never looks like a good measurement."""

import json

import cv2
import numpy as np
import pytest

from sproutcast_pi.cli import run
from sproutcast_pi.messages.areas import photo_notes
from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest
from tests.vision.helpers import dice_coefficient, render_photo, rosette

LEAVES = {
    "green": (60, 150, 80),
    "yellow": (60, 190, 200),
    "brown": (45, 80, 110),
    "purple": (110, 50, 100),
    "red": (50, 45, 130),
    "silver": (150, 155, 150),
    "black": (35, 30, 38),
}
ONE = rosette((400, 300), 140, 6)
TWO = np.maximum(rosette((210, 320), 140, 6), rosette((600, 330), 110, 5))


@pytest.mark.parametrize("truth", [ONE, TWO], ids=["one", "two"])
@pytest.mark.parametrize("leaf", LEAVES)
def test_leaves_of_any_colour_are_measured_whole_or_uncertain(leaf, truth, tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "shelf.png"), render_photo(truth, leaf=LEAVES[leaf]))
    assert run(["analyze", str(tmp_path / "shelf.png"), "--masks", str(tmp_path / "masks"), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    found = cv2.imread(str(tmp_path / "masks/shelf.png"), cv2.IMREAD_UNCHANGED)
    for plant in result["plants"]:
        assert plant["presence"] == ("uncertain" if plant["uncertain_reason"] else "seen")
    if result["quality"]["verdict"] == "uncertain":
        assert leaf not in {"green", "yellow"}
        assert result["quality"]["reasons"]
        assert all(plant["health_score"] is None for plant in result["plants"] if plant["uncertain_reason"])
    else:
        assert dice_coefficient(found, truth) > 0.8


def test_an_empty_shelf_is_uncertain_with_the_reason():
    result = measure(photo_from_frame(render_photo(np.zeros_like(ONE))), MeasureRequest())
    assert result.quality.verdict == "uncertain"
    assert result.quality.messages[0] == photo_notes.NO_PLANT()


def test_the_owners_plant_that_is_gone_makes_the_picture_uncertain():
    request = MeasureRequest(plants=(PlantJob(plant=7),))
    result = measure(photo_from_frame(render_photo(np.zeros_like(ONE))), request)
    assert result.quality.verdict == "uncertain"
    assert result.plants[0].health_score is None


def test_a_part_of_one_that_is_not_green_has_its_reason_and_no_health():
    (plant,) = measure(photo_from_frame(render_photo(ONE, leaf=LEAVES["silver"])), MeasureRequest()).plants
    assert plant.uncertain_reason == withheld_reasons.NOT_GREEN_PART
    assert plant.health_score is None


def test_a_plant_on_a_black_cloth_that_is_not_found_is_not_called_dark():
    scene = np.where(ONE[..., None] > 0, render_photo(ONE, leaf=(20, 60, 90)), 3).astype(np.uint8)
    result = measure(photo_from_frame(scene), MeasureRequest())
    assert not any("dark" in reason for reason in result.quality.reasons)


def test_the_line_of_a_doubtful_plant_begins_with_the_doubt(tmp_path, capsys):
    cv2.imwrite(str(tmp_path / "shelf.png"), render_photo(ONE, leaf=LEAVES["silver"]))
    assert run(["analyze", str(tmp_path / "shelf.png")]) == 0
    line = capsys.readouterr().out.splitlines()[1].strip()
    assert line.startswith(f"plant 1: uncertain, {withheld_reasons.NOT_GREEN_PART}; ")


@pytest.mark.parametrize("colour", [(40, 210, 220), (60, 200, 120), (60, 150, 80)], ids=["yellow", "lime", "green"])
def test_a_paper_star_is_no_plant_for_certain(colour):
    scene = render_photo(np.zeros_like(ONE))
    spread = [(i * np.pi / 8, 90 if i % 2 else 40) for i in range(16)]
    star = [(400 + radius * np.cos(angle), 300 + radius * np.sin(angle)) for angle, radius in spread]
    cv2.fillPoly(scene, [np.array(star, np.int32)], colour)
    result = measure(photo_from_frame(scene), MeasureRequest())
    assert result.quality.verdict == "uncertain"
    assert [plant.uncertain_reason for plant in result.plants] == [withheld_reasons.NOT_CONFIRMED]
