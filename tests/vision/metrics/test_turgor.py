"""Turgor from the outline's slope."""

from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from sproutcast_pi.vision.metrics.turgor import Droop, droop_of, turgor_index
from tests.vision.helpers import rosette

START = datetime(2026, 1, 1, tzinfo=UTC)


def herb(slope_deg, size=400):
    """A stem with four pairs of leaves that slope outwards by so much below level."""
    mask = np.zeros((size, size), np.uint8)
    cv2.line(mask, (size // 2, size - 20), (size // 2, 60), 255, 8)
    for row in range(4):
        for side in (-1, 1):
            down = np.radians(slope_deg)
            root = (size // 2, 90 + 70 * row)
            middle = (round(root[0] + side * 70 * np.cos(down)), round(root[1] + 70 * np.sin(down)))
            cv2.ellipse(mask, middle, (75, 14), side * slope_deg, 0, 360, 255, -1)
    x, y, width, height = cv2.boundingRect(mask)
    return mask[y : y + height, x : x + width]


@pytest.mark.parametrize("slope", [-40, -20, 0, 20, 40])
def test_the_slope_is_found(slope):
    assert droop_of(herb(slope)).droop_deg == pytest.approx(slope, abs=9)


def test_the_slope_does_not_depend_on_size_or_focus():
    large = droop_of(herb(25)).droop_deg
    small = cv2.resize(herb(25), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert droop_of((small > 127).astype(np.uint8) * 255).droop_deg == pytest.approx(large, abs=2)
    soft = cv2.GaussianBlur(herb(25), (0, 0), 2)
    assert droop_of((soft > 127).astype(np.uint8) * 255).droop_deg == pytest.approx(large, abs=2)


def test_a_leaf_close_up_and_a_rosette_from_above_have_no_slope():
    assert "close up" in droop_of(np.full((50, 50), 255, np.uint8)).reason
    assert "from above" in droop_of(rosette((400, 300), 220, 6)[80:520, 180:620]).reason


def history(droops, height=300.0, start_hour=12):
    return tuple(
        (f"2026-05-{day + 1:02}T{start_hour:02}:00:00Z", droop, height, 200.0) for day, droop in enumerate(droops)
    )


def firmness(droop, past, height=300.0, at="2026-05-20T12:00:00Z"):
    return turgor_index(Droop(droop_deg=droop, agreement=0.6), height, past, at)


def test_against_its_own_baseline_hanging_is_recognised_and_firm_is_not():
    for usual in (-20.0, 0.0, 30.0):
        past = history([usual + wobble for wobble in (-1, 1, 0, 2, -2, 1)])
        assert firmness(usual, past) > 0.75
        assert firmness(usual + 9, past) < 0.6
        assert firmness(usual + 60, past) < 0.1


def test_a_plant_that_was_wilted_lately_keeps_its_baseline():
    past = history([0, 1, 0, -1, 0, 1, 35, 45, 50])
    assert firmness(40, past) < 0.4


def test_more_droop_is_never_firmer():
    past = history([0, 1, 0, -1])
    values = [firmness(droop, past) for droop in range(-20, 80, 4)]
    assert values == sorted(values, reverse=True)


def test_the_time_of_day_is_compared_with_itself():
    night = history([-12, -12, -13, -12, -11] * 2, start_hour=4)
    day = history([0, 1, 0, -1, 0] * 2, start_hour=14)
    both = tuple(sorted(night + day))
    assert firmness(0, both, at="2026-05-20T14:30:00Z") > firmness(0, both, at="2026-05-20T04:30:00Z") + 0.2


def test_a_few_results_at_this_time_of_day_do_not_tell_how_much_they_scatter():
    past = tuple(sorted(history([-9, -9, -9, -9], start_hour=4) + history([-14, -4, -12, -5, -9, -8], start_hour=14)))
    assert firmness(-4.2, past, at="2026-05-12T04:30:00Z") > 0.6


def test_without_history_an_unsure_outline_is_not_called_hanging():
    assert turgor_index(Droop(droop_deg=80, agreement=0.25), 300, ()) is None
    assert turgor_index(Droop(droop_deg=65, agreement=0.6), 300, ()) < 0.3


def test_a_grown_plant_is_reported_at_once_and_a_young_one_may_turn_with_each_new_leaf():
    steady = history([0.0, -1.0, 0.5, 0.0, -0.5, 0.0, 0.5, 0.0])
    young = history([-30.0, -29.0, -24.0, -23.5, -23.0, -17.0, -16.5, -16.0])
    assert firmness(5, steady) < 0.6
    assert firmness(-13, young) > 0.6


def test_what_hangs_for_many_days_is_never_taken_for_the_baseline():
    past = history([0, 1, 0, -1, 0, *[40.0] * 20])
    assert firmness(40, past) < 0.4


@pytest.mark.parametrize("a_day", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("first", [-25.0, 0.0, 20.0])
def test_a_drought_so_slow_that_no_two_days_differ_is_never_taken_for_the_baseline(first, a_day):
    past, seen = [], []
    for day in range(round(75 / a_day)):
        at = f"{START + timedelta(days=day):%Y-%m-%dT12:00:00Z}"
        droop = first + a_day * max(day - 6, 0)
        seen.append(firmness(droop, past[-400:], at=at))
        if seen[-1] >= 0.6:
            past.append((at, droop, 300.0, 200.0))
    assert min(seen[:6]) > 0.6
    assert max(seen[-4:]) < 0.6


def test_a_seedling_that_spreads_its_leaves_over_weeks_is_firm():
    past = history([-32.0 + 0.8 * day for day in range(28)])
    assert firmness(-9.0, past, at="2026-05-29T12:00:00Z") > 0.6


def test_after_its_owner_moved_it_a_plant_is_not_judged_before_its_new_posture_is_known():
    droop = Droop(droop_deg=65, agreement=0.6)
    assert turgor_index(droop, 300, history([64, 66, 65]), restarted=True) is None
    assert turgor_index(droop, 300, history([64, 66, 65, 64]), restarted=True) > 0.6


def test_within_the_first_days_a_new_leaf_is_no_wilt_and_a_wilt_is_one():
    past = tuple((f"2026-05-{1 + n // 3:02}T{8 + 5 * (n % 3):02}:00:00Z", -33.0 + n % 2, 100.0, 80.0) for n in range(6))
    assert firmness(-24, past, height=104.0, at="2026-05-03T08:00:00Z") > 0.6
    assert firmness(-10, past, height=104.0, at="2026-05-03T08:00:00Z") < 0.6
