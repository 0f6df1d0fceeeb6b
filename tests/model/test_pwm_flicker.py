"""Stripes of a dimmed lamp, against rows that are exposed one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.model.pwm_flicker import VISIBLE_SHARE, shortest_even_exposure_s, stripe_share


def lit_s(begin_s, end_s, level, period_s):
    """Seconds of light between two moments, integrated over the periods."""

    def until(moment_s):
        periods, rest = divmod(moment_s / period_s, 1.0)
        return (periods * level + min(rest, level)) * period_s

    return until(end_s) - until(begin_s)


@given(st.floats(0.01, 0.99), st.integers(50, 25_000), st.floats(1e-4, 0.2))
def test_rows_differ_by_as_much_as_is_said(level, pwm_hz, exposure_s):
    rows = [lit_s(row / (pwm_hz * 997), row / (pwm_hz * 997) + exposure_s, level, 1 / pwm_hz) for row in range(997)]
    seen = (max(rows) - min(rows)) / (level * exposure_s)
    assert seen == pytest.approx(stripe_share(level, pwm_hz, exposure_s), abs=0.003 / (level * exposure_s * pwm_hz))


@given(st.floats(0.01, 0.99), st.integers(50, 25_000), st.floats(1, 100))
def test_an_exposure_long_enough_shows_no_stripes(level, pwm_hz, longer):
    assert stripe_share(level, pwm_hz, shortest_even_exposure_s(level, pwm_hz) * longer) <= VISIBLE_SHARE * 1.0001


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_lamp_that_is_not_dimmed_has_no_stripes(level):
    assert stripe_share(level, 800, 0.002) == 0.0
    assert shortest_even_exposure_s(level, 800) == 0.0
