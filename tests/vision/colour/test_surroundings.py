"""What surrounds a plant is taken for the light only with a doubt beside it."""

from __future__ import annotations

import pytest

from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest
from tests.vision.helpers import render_photo, rosette

PLANT = rosette((400, 300), 200, 6)


def notes(ground: tuple[int, int, int], **asked: object) -> list[str]:
    photo = render_photo(PLANT, ground=ground)
    photo[:40, :] = ground
    found = measure(photo_from_frame(photo), MeasureRequest(**asked))
    return [note for note in found.notes if "surrounds the plant" in note]


@pytest.mark.parametrize(
    ("ground", "looks"),
    [
        ((70, 120, 150), "amber"),
        ((160, 130, 90), "blue"),
        ((140, 100, 140), "pink"),
        ((105, 130, 140), "yellowish"),
        ((110, 145, 115), "greenish"),
        ((150, 118, 115), "bluish"),
        ((110, 115, 150), "reddish"),
    ],
)
def test_a_coloured_wall_that_may_be_the_light_is_reported(ground: tuple[int, int, int], looks: str) -> None:
    (note,) = notes(ground)
    assert f"looks {looks}" in note


def test_a_grey_wall_is_no_doubt() -> None:
    assert notes((120, 125, 120)) == []
