"""A plant that seems to lose or win half of itself between two pictures is waited for."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.metrics.health import is_area_jump
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest
from tests.vision.helpers import render_photo, rosette

NOW = datetime(2027, 6, 1, 12, tzinfo=UTC)


def ago(**gap):
    return (NOW - timedelta(**gap)).isoformat()


@given(rate=st.floats(-0.5, 0.4), hours=st.floats(0.2, 24), area=st.floats(0.01, 90))
def test_growing_and_wilting_are_never_a_jump(rate, hours, area):
    earlier = area / 2.718281828 ** (rate * hours / 24)
    assert not is_area_jump(area, ((ago(hours=hours), earlier),), NOW.isoformat())


@given(factor=st.floats(0, 0.49) | st.floats(3.1, 50), area=st.floats(0.01, 90))
def test_a_jump_is_withheld_twice_and_then_accepted(factor, area):
    history = ((ago(hours=5), area),)
    for held in range(4):
        recent = (*history, *((ago(hours=4 - n), None) for n in range(held)))
        assert is_area_jump(area * factor, recent, NOW.isoformat()) == (held < 2)


def test_after_days_without_a_photo_or_a_timestamp_nothing_is_a_jump():
    assert not is_area_jump(0.1, ((ago(days=4), 9.0),), NOW.isoformat())
    assert not is_area_jump(0.1, ((ago(hours=1), 9.0),), None)
    assert not is_area_jump(0.1, (), NOW.isoformat())


def test_of_a_plant_found_in_part_only_the_place_is_reported():
    job = PlantJob(plant=7, pipelines=("P3b", "P4"), recent_areas=((ago(hours=1), 40.0),))
    (plant,) = measure(
        photo_from_frame(render_photo(rosette((400, 300), 140, 6))), MeasureRequest(plants=(job,), at=NOW.isoformat())
    ).plants
    assert plant.bbox is not None
    assert (plant.area_percent, plant.height_px, plant.chlorophyll_index) == (None, None, None)
    assert {plant.left_out[metric] for metric in ("area_px", "turgor_index", "excess_green")} == {
        withheld_reasons.AREA_JUMP
    }


def test_a_plant_that_vanished_is_not_reported_without_leaves_at_once():
    job = PlantJob(plant=7, region=((0, 0), (0.1, 0), (0.1, 0.1)), recent_areas=((ago(hours=1), 4.0),))
    request = MeasureRequest(plants=(job,), at=NOW.isoformat())
    (plant,) = measure(photo_from_frame(render_photo(rosette((400, 300), 140, 6))), request).plants
    assert (plant.area_px, plant.left_out["area_px"]) == (None, withheld_reasons.AREA_JUMP)
