"""Moments as text: fixed width, sortable, there and back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.model.timestamps import from_text, to_text

times = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1), timezones=st.timezones())  # noqa: DTZ001 - hypothesis adds it


@given(times, times)
def test_text_round_trips_and_sorts_like_the_moment(one, other):
    assert from_text(to_text(one)) == one.astimezone(UTC)
    assert len(to_text(one)) == 27
    assert (to_text(one) < to_text(other)) == (one.astimezone(UTC) < other.astimezone(UTC))


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="zone"):
        to_text(datetime(2026, 1, 1))  # noqa: DTZ001 - hypothesis adds it
