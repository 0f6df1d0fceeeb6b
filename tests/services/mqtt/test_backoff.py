"""Pauses grow, stay within bounds, and find a broker soon after it came back."""

from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.services.mqtt.backoff import FIRST_S, LONGEST_S, SPREAD, Backoff

chances = st.floats(0, 1)


@given(st.lists(chances, max_size=60))
def test_pauses_stay_within_bounds(given_chances):
    left = iter(given_chances)
    backoff = Backoff(lambda: next(left))
    for _ in given_chances:
        assert 0.2 <= backoff.pause() <= LONGEST_S * (1 + SPREAD) + 1e-9


@given(st.floats(0, 5), chances)
def test_a_broker_that_was_away_for_five_seconds_is_found_within_two(away, chance):
    backoff = Backoff(lambda: chance)
    waited = 0.0
    while waited < away:
        waited += backoff.pause()
    assert waited - away <= 2


def test_a_clash_waits_longer_and_success_begins_again():
    backoff = Backoff(lambda: 0.5)
    backoff.at_least(10)
    assert backoff.pause() == 10
    backoff.reset()
    assert backoff.pause() == FIRST_S
