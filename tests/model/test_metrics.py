"""Numbers in words: each metric has a name, each value a band with a stable key."""

import math

import pytest

from sproutcast_pi.messages.formatter import english
from sproutcast_pi.model.measurement import METRICS
from sproutcast_pi.model.words import band, metric_words, value_message


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_words(metric):
    assert "_" not in metric_words(metric).name
    assert english(value_message(metric, 0.52))


def test_values_fall_into_their_bands():
    assert band("turgor_index", 0.2).text == "hanging"
    assert band("turgor_index", 0.7).key == "turgor.firm"
    assert band("chlorophyll_index", 0.4).text == "pale"
    assert band("health_score", 90).text == "excellent"
    assert band("turgor_index", None) is None
    assert band("turgor_index", math.nan) is None
    assert band("area_px", 5) is None


def test_numbers_have_the_digits_they_deserve():
    assert english(value_message("turgor_index", 0.523)) == "52\N{NO-BREAK SPACE}%"
    assert english(value_message("yellow_percent", 14.04)) == "14.0\N{NO-BREAK SPACE}%"
    assert english(value_message("hue_deg", 61.7)) == "62°"
    assert english(value_message("leaf_count", 7)) == "7"
