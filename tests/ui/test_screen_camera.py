import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.messages.formatter import Formatter
from tests.ui import screen_fixtures as scene
from tests.ui.screen_fixtures import screen_queries
from ui.camera.model import camera_page, region_of
from ui.camera.region import big_enough, contains, corner_near, moved, propose_region, rectangle, with_corner

SHARE = st.floats(0, 1)
ANY = st.floats(-2, 3)
TR = Formatter()


def capture(**changed):
    return {**scene.captures()[-1], "id": 50, **changed}


@given(SHARE, SHARE, SHARE, SHARE, ANY, ANY)
def test_a_region_stays_in_the_frame_and_keeps_its_size(x1, y1, x2, y2, dx, dy):
    before = rectangle((x1, y1), (x2, y2))
    after = moved(before, (dx, dy))
    assert all(0 <= share <= 1 for point in after for share in point)
    assert after[1][0] - after[0][0] == pytest.approx(before[1][0] - before[0][0], abs=1e-9)
    assert after[2][1] - after[0][1] == pytest.approx(before[2][1] - before[0][1], abs=1e-9)


@given(SHARE, SHARE, ANY, ANY)
def test_a_corner_can_not_leave_the_frame(x, y, to_x, to_y):
    region = with_corner(rectangle((0.2, 0.2), (0.8, 0.8)), 2, (to_x, to_y))
    assert all(0 <= share <= 1 for point in region for share in point)
    assert contains(rectangle((0, 0), (1, 1)), (min(x, 0.999), min(y, 0.999)))


def test_inside_is_inside():
    region = ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9))
    assert contains(region, (0.5, 0.3))
    assert not contains(region, (0.1, 0.8))


def test_the_nearest_corner_within_reach():
    region = rectangle((0.2, 0.2), (0.8, 0.8))
    assert corner_near(region, (0.79, 0.22), (0.05, 0.05)) == 1
    assert corner_near(region, (0.5, 0.5), (0.05, 0.05)) is None


def test_a_slip_of_the_finger_is_no_region():
    assert not big_enough(rectangle((0.5, 0.5), (0.51, 0.9)))
    assert big_enough(propose_region([]))


def test_a_new_region_avoids_those_there_are():
    first = propose_region([])
    assert propose_region([first]) != first
    everywhere = rectangle((0, 0), (1, 1))
    assert big_enough(propose_region([everywhere]))


@pytest.mark.parametrize(
    ("sharpness", "exposure", "focus", "light", "hint"),
    [
        (0.7, 0.5, "Sharp", "Just right", "well aimed"),
        (0.3, 0.5, "A little soft", "Just right", "lens"),
        (0.1, 0.5, "Blurred", "Just right", "lens"),
        (0.7, 0.1, "Sharp", "Too dark", "more light"),
        (0.7, 0.9, "Sharp", "Too bright", "away from"),
    ],
)
def test_one_thing_to_do_at_a_time(sharpness, exposure, focus, light, hint):
    page = camera_page(screen_queries(capture=[capture(sharpness=sharpness, exposure=exposure)]), scene.NOW, TR)
    assert (page.focus_words, page.light_words) == (focus, light)
    assert hint in page.hint


def test_a_failed_photograph_says_why_and_the_last_good_one_stays():
    rows = [*scene.captures(), capture(state="failed", file=None, error="The camera did not answer; check its cable.")]
    page = camera_page(screen_queries(capture=rows), scene.NOW, TR)
    assert page.fault == "The camera did not answer; check its cable."
    assert page.photo == "mint.jpg"
    assert not page.busy


def test_without_any_photograph_nothing_is_claimed():
    page = camera_page(screen_queries(capture=[]), scene.NOW, TR)
    assert (page.photo, page.focus_words, page.hint) == ("", "Not known", "")


@pytest.mark.parametrize("text", [None, "nonsense", "[]", "[[0.1, 0.2]]", '{"a": 1}', "[[1], [2], [3]]"])
def test_a_broken_region_is_none(text):
    assert region_of({"region": text}) is None


def test_a_polygon_is_read():
    points = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.1]]
    assert region_of({"region": json.dumps(points)}) == tuple(map(tuple, points))
