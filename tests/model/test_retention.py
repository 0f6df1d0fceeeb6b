"""What counts as old: lived days, whatever the clock said meanwhile."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.model.retention import LONGEST_STEP, expired_through

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def history(*days_ago):
    """Ids from 1 on, oldest first; newest first as the function takes them."""
    return [(number, NOW - days * DAY) for number, days in enumerate(days_ago, start=1)][::-1]


def test_photographs_a_day_apart_expire_by_the_calendar():
    assert expired_through(history(*range(40, -1, -1)), NOW, 30 * DAY) == 10


def test_nothing_expires_while_everything_is_young():
    assert expired_through(history(29, 10, 0), NOW, 30 * DAY) is None
    assert expired_through([], NOW, DAY) is None


def test_a_clock_that_jumps_years_ahead_and_back_makes_nothing_old():
    right = [10, 9, 8]
    wrong = [-1000, -1001]
    assert expired_through(history(*right), NOW + 1000 * DAY, 30 * DAY) is None
    assert expired_through(history(*right, *wrong), NOW + 1001 * DAY, 30 * DAY) is None
    assert expired_through(history(*right, *wrong, 7, 6), NOW, 30 * DAY) is None


def test_photographs_of_the_wrong_time_grow_old_like_others():
    days = [-1000, -1001, *range(60, -1, -1)]
    assert expired_through(history(*days), NOW, 30 * DAY) >= 2


def test_a_month_without_power_gives_the_photographs_before_it_more_time():
    assert expired_through(history(41, 40, 10, 0), NOW, 30 * DAY) is None
    assert expired_through(history(41, 40, 0), NOW, LONGEST_STEP / 2) == 2


@given(st.lists(st.floats(-5000, 5000), max_size=60), st.floats(1, 400), st.floats(-3000, 3000))
def test_a_jump_of_the_clock_expires_no_more_than_one_step(days, keep, jump):
    rows = history(*days)
    before = expired_through(rows, NOW, keep * DAY + LONGEST_STEP) or 0
    after = expired_through(rows, NOW + jump * DAY, keep * DAY + LONGEST_STEP) or 0
    assert after <= (expired_through(rows, NOW, keep * DAY) or 0) or jump < LONGEST_STEP / DAY or after >= before
