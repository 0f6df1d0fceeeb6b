"""Compactness: the share of its convex hull that a plant fills, from its mask to what people read."""

import math

import cv2
import msgspec
import numpy as np
import pytest

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.model.metrics.reading import reading_text
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.metrics.shape import measure_size
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest
from tests.vision.helpers import render_photo, rosette


def compactness(mask):
    return measure_size(mask, (0, 0), 2.0).compactness


def blank():
    return np.zeros((300, 300), np.uint8)


def star(arms, inner):
    """A star of `arms` with tips at radius 100 and valleys at `inner`, and its true share of its hull."""
    turns = np.arange(2 * arms) * math.pi / arms
    radii = np.where(np.arange(2 * arms) % 2 == 0, 100.0, inner)
    points = np.stack([150 + radii * np.cos(turns), 150 + radii * np.sin(turns)], axis=1)
    mask = cv2.fillPoly(blank(), [np.round(points * 16).astype(np.int32)], 255, shift=4)
    return mask, inner / 100.0 / math.cos(math.pi / arms)


def test_a_convex_plant_fills_its_hull():
    square = blank()
    square[40:200, 60:160] = 255
    assert compactness(square) == 1.0
    assert compactness(cv2.circle(blank(), (150, 150), 90, 255, -1)) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(("arms", "inner"), [(5, 30.0), (5, 60.0), (8, 25.0), (8, 70.0)])
def test_a_star_has_the_share_geometry_says(arms, inner):
    mask, share = star(arms, inner)
    assert compactness(mask) == pytest.approx(share, abs=0.02)


def test_pieces_have_one_hull_and_specks_none():
    two = blank()
    two[100:150, 50:100] = two[100:150, 150:200] = 255
    assert compactness(two) == pytest.approx(2 / 3, abs=1e-4)
    two[290:294, 290:294] = 255
    assert compactness(two) == pytest.approx(2 / 3, abs=1e-4)


def test_a_single_pixel_is_measured():
    mask = blank()
    mask[7, 7] = 255
    assert compactness(mask) == 1.0


def test_it_is_read_in_percent_and_withheld_of_a_plant_too_small():
    large, small = (
        measure(photo_from_frame(render_photo(rosette((400, 300), radius, 6))), MeasureRequest()).plants[0]
        for radius in (200, 22)
    )
    share = reading_text(msgspec.to_builtins(large), "compactness")
    assert share == f"{large.compactness * 100:.0f}\N{NO-BREAK SPACE}%"
    assert 0.3 < large.compactness < 0.9
    assert small.compactness is None
    assert small.left_out["compactness"] == withheld_reasons.TOO_SMALL
