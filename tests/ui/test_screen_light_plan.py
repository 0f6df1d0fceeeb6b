import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.messages.formatter import Formatter
from tests.ui import screen_fixtures as scene
from ui.light.model import light_page, planned_dose
from ui.light.schedule_curve import ScheduleCurve, change_for, schedule_of

PLANS = st.builds(
    lambda start, length, up, down, level: ScheduleCurve(
        start=start * 15,
        length=length * 15,
        sunrise=min(up * 5, length * 7),
        sunset=min(down * 5, length * 7),
        level=level / 20,
    ),
    st.integers(0, 95),
    st.integers(2, 96),
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(1, 20),
)
HANDLES = st.sampled_from(["start", "end", "sunrise", "sunset", "level"])


def test_the_plan_of_the_row():
    plan = schedule_of(scene.light())
    assert (plan.start, plan.length, plan.sunrise, plan.level) == (360, 960, 45, 0.8)
    assert plan.at(360) == 0
    assert plan.at(405) == pytest.approx(0.8)
    assert plan.at(380) == pytest.approx(0.8 * 20 / 45)
    assert plan.at(1321) == 0


def test_a_plan_past_midnight_comes_back_in_on_the_left():
    night = ScheduleCurve(start=20 * 60, length=8 * 60, sunrise=0, sunset=0, level=1.0)
    assert [night.at(m) for m in (0, 239, 240, 1199, 1200)] == [1.0, 1.0, 0.0, 0.0, 1.0]


@given(PLANS, HANDLES, st.floats(0, 1440), st.floats(-0.5, 1.5), st.integers(240, 1440))
def test_whatever_is_dragged_the_plan_stays_possible(plan, handle, minute, level, longest):
    after = plan.drag(handle, minute, level, longest)
    assert 0 <= after.start < 1440
    assert after.length <= max(longest, plan.length)
    assert after.sunrise + after.sunset <= after.length
    assert 0 < after.level <= 1
    assert min(after.sunrise, after.sunset) >= 0


@given(PLANS)
def test_the_curve_never_leaves_the_plot_and_is_in_order(plan):
    points = plan.polyline()
    assert points[0][0] == 0
    assert points[-1][0] == 1440
    assert [m for m, _ in points] == sorted(m for m, _ in points)
    assert all(0 <= level <= plan.level + 1e-9 for _, level in points)


@given(PLANS)
def test_an_untouched_handle_changes_nothing(plan):
    for handle, (minute, level) in plan.handles().items():
        if plan.length < 1440 and handle != "start":
            after = plan.drag(handle, minute, level)
            assert change_for(plan, after).keys() <= {"level"} or plan.sunrise % 5 or plan.sunset % 5


def test_dragging_says_only_what_changed():
    plan = schedule_of(scene.light())
    assert change_for(plan, plan.drag("end", 1200, 0)) == {"hours": 14.0}
    assert change_for(plan, plan.drag("start", 300, 0)) == {"start": "05:00", "hours": 17.0}
    assert change_for(plan, plan.drag("level", 0, 0.52)) == {"level": 0.5}
    assert change_for(plan, plan.drag("sunrise", 420, 0)) == {"sunrise_min": 60.0}
    assert change_for(plan, plan) == {}


def test_the_dose_of_a_day():
    light = scene.light()
    assert planned_dose(light, schedule_of(light)) == pytest.approx(260 * 0.8 * 15.25 * 3600 / 1e6)
    assert planned_dose({**light, "ppfd_full": None}, schedule_of(light)) is None


def test_the_light_page_in_words():
    page = light_page(scene.light(), schedule_of(scene.light()), Formatter())
    assert (page.plan_words, page.today, page.dose) == ("06:00 to 22:00, 16 h", "8 h 5 min", "5.8 of 11.4 mol")
