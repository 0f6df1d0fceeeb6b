"""A health score that explains itself: each loss has its reason, and all of them make the score."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.vision.metrics.health import health_of

SHARE = st.none() | st.floats(0, 1)
PERCENT = st.none() | st.floats(0, 100)


def plant(**measured):
    return PlantMeasurement(plant=1, **measured)


def test_paler_than_its_own_usual_costs_points_and_pale_by_nature_costs_none():
    score, reasons = health_of(plant(chlorophyll_index=0.3), baseline_known=False, usual_greenness=0.6)
    assert (score, reasons) == (76, ("-24: 50 % paler than usual",))
    assert health_of(plant(chlorophyll_index=0.3), baseline_known=False, usual_greenness=0.31) == (100, ())


def test_before_the_usual_is_known_greenness_says_nothing():
    assert health_of(plant(chlorophyll_index=0.1), baseline_known=False, usual_greenness=None) == (None, ())


@given(green=st.floats(0, 1), usual=st.floats(0.05, 1), paler=st.floats(0, 1))
def test_the_paler_the_lower(green, usual, paler):
    scores = [
        health_of(plant(chlorophyll_index=value), baseline_known=False, usual_greenness=usual)[0]
        for value in (green, green * paler)
    ]
    assert scores[1] <= scores[0]


ANY = st.builds(plant, chlorophyll_index=SHARE, turgor_index=SHARE, yellow_percent=PERCENT, lesion_percent=PERCENT)


@given(measured=ANY, usual=SHARE, baseline=st.booleans())
def test_what_is_lost_is_what_the_reasons_say(measured, usual, baseline):
    score, reasons = health_of(measured, baseline_known=baseline, usual_greenness=usual)
    lost = [int(re.match(r"-(\d+): ", reason)[1]) for reason in reasons]
    if score is None:
        assert reasons == ()
        assert measured.yellow_percent is None
        assert measured.lesion_percent is None
    else:
        assert score == max(100 - sum(lost), 0)
        assert lost == sorted(lost, reverse=True)
