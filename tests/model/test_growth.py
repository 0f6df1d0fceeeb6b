"""Growth: the true rate through noise, gaps, bad pictures and the leaves' daily rhythm."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.model.growth import relative_growth

START = datetime(2026, 6, 1, tzinfo=UTC)


def series(rate_percent, *, hours, days, noise=0.0, rhythm=0.0, seed=0):
    rng = random.Random(seed)
    for hour in range(0, int(days * 24) + 1, hours):
        grown = 1000 * (1 + rate_percent / 100) ** (hour / 24)
        yield (
            START + timedelta(hours=hour),
            grown * math.exp(rng.gauss(0, noise)) * (1 + rhythm * math.sin(hour / 24 * 2 * math.pi)),
        )


@given(st.floats(-20, 60), st.sampled_from([1, 6, 24, 48]))
def test_a_clean_series_gives_its_rate(rate, hours):
    growth = relative_growth(series(rate, hours=hours, days=10))
    assert growth.rate_percent == pytest.approx(rate, abs=1e-6)
    assert growth.sd_percent == pytest.approx(0, abs=1e-6)


def test_doubling_time_follows_from_the_rate():
    assert relative_growth(series(100, hours=24, days=5)).doubling_days == pytest.approx(1.0)
    assert relative_growth(series(-5, hours=24, days=5)).doubling_days is None


def test_bad_pictures_rhythm_and_gaps_do_not_move_it():
    rng = random.Random(7)
    points = list(series(8, hours=1, days=12, noise=0.03, rhythm=0.15))
    points = [(at, area * (0.1 if rng.random() < 0.1 else 1)) for at, area in points if not 4 <= at.day <= 6]
    rng.shuffle(points)
    growth = relative_growth([*points, (START, None), (START, 0.0), (START, math.nan)])
    assert growth.rate_percent == pytest.approx(8, rel=0.05)


def test_its_uncertainty_is_honest():
    """Three standard deviations hold the truth nearly always, and are not absurdly wide."""
    held = widths = 0.0
    for seed in range(200):
        growth = relative_growth(series(6, hours=24, days=9, noise=0.08, seed=seed))
        held += abs(growth.rate_percent - 6) <= 2 * growth.sd_percent
        widths += growth.sd_percent / 200
    assert held >= 180
    assert widths < 2.5


def test_too_little_is_no_growth():
    assert relative_growth([]) is None
    assert relative_growth(series(5, hours=24, days=1)) is None
    assert relative_growth(series(5, hours=1, days=1)) is None


def test_only_the_last_days_count():
    old = [(at - timedelta(days=30), area * 100) for at, area in series(-30, hours=24, days=10)]
    assert relative_growth([*old, *series(4, hours=24, days=8)]).rate_percent == pytest.approx(4)
