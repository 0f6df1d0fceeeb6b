"""Numbers in words: each metric has a name, each value a band with a stable key."""

import math

import pytest

from sproutcast_pi.model.measurement import METRICS
from sproutcast_pi.model.words import band, metric_words, number_words


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_has_words(metric):
    assert "_" not in metric_words(metric).name
    assert number_words(metric, 0.52)


def test_values_fall_into_their_bands():
    assert band("turgor_index", 0.2).text == "hanging"
    assert band("turgor_index", 0.7).key == "turgor.firm"
    assert band("chlorophyll_index", 0.4).text == "pale"
    assert band("health_score", 90).text == "excellent"
    assert band("turgor_index", None) is None
    assert band("turgor_index", math.nan) is None
    assert band("area_px", 5) is None


def test_numbers_have_the_digits_they_deserve():
    assert number_words("turgor_index", 0.523) == "0.52"
    assert number_words("yellow_percent", 14.04) == "14.0 %"
    assert number_words("hue_deg", 61.7) == "62°"
    assert number_words("leaf_count", 7) == "7"
