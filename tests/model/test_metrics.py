"""The registry of metrics: complete rows, edges that agree with the rules, numbers and words for people."""

import math
from itertools import pairwise

import msgspec
import pytest

from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.model.metrics.reading import (
    VALUE_TEMPLATES,
    band_of,
    place_in_span,
    reading_text,
    shown_metrics,
    value_text,
)
from sproutcast_pi.model.metrics.registry import METRICS, PIPELINE_NAMES, PIPELINES
from sproutcast_pi.model.rules import DEFAULT_RULES
from sproutcast_pi.store.tables import AnalysisResult

NBSP = "\N{NO-BREAK SPACE}"
ALL = pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))


@ALL
def test_a_metric_is_a_column_and_belongs_to_a_pipeline(metric):
    assert metric.key in AnalysisResult._meta.fields
    assert metric.pipeline in {*PIPELINE_NAMES, ""}
    assert metric.key in PlantMeasurement.__struct_fields__ or metric.pipeline == "P6"


def plain(metric, value):
    return value_text(metric, value).replace(NBSP, " ")


def test_names_are_unique():
    names = [metric.name for metric in METRICS.values()]
    assert len(set(names)) == len(names)


@ALL
def test_bands_rise_to_the_rest_and_are_of_one_kind(metric):
    assert not (metric.bands and metric.relative_bands)
    bands = metric.bands or metric.relative_bands
    assert all(below.top < above.top for below, above in pairwise(bands))
    assert not bands or math.isinf(bands[-1].top)
    assert bool(metric.bands) == (metric.span is not None)


@ALL
def test_what_differs_between_kinds_of_plants_has_no_fixed_edges(metric):
    assert not (metric.species_dependent and metric.bands)


@ALL
def test_the_default_rule_is_the_edge_of_the_act_bands(metric):
    rule = DEFAULT_RULES.get(metric.key)
    edges = (metric.act_below, metric.act_above, metric.act_drop_percent)
    assert (rule is None) == (edges == (None, None, None))
    if rule is not None:
        assert (rule.lower, rule.upper, rule.drop_percent) == edges


def test_the_edges_are_those_that_accuracy_explains():
    edges = {key: (rule.lower, rule.upper, rule.drop_percent) for key, rule in DEFAULT_RULES.items()}
    assert edges == {
        "health_score": (50, None, None),
        "turgor_index": (0.60, None, None),
        "chlorophyll_index": (None, None, 25),
        "hue_deg": (55, 175, None),
        "hue_sd_deg": (None, 32, None),
        "growth_rate_percent": (-3, None, None),
        "lesion_percent": (None, 5, None),
        "yellow_percent": (None, 12, None),
    }


def test_a_value_on_an_edge_belongs_to_the_better_side():
    assert band_of("turgor_index", 0.60).level == "watch"
    assert band_of("yellow_percent", 12.0).level == "watch"
    assert band_of("hue_deg", 175.0).level == "ok"
    assert band_of("chlorophyll_index", 0.375, 0.5).level == "watch"


def test_greenness_is_judged_against_the_plant_alone():
    assert band_of("chlorophyll_index", 0.2) is None
    assert band_of("chlorophyll_index", 0.2, 0.2).word == "as green as usual"
    assert band_of("chlorophyll_index", 0.5, 0.8).word == "paler than usual"
    assert band_of("chlorophyll_index", 0.2, 0.0) is None


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_no_number_has_no_band(value):
    assert band_of("turgor_index", value) is None


def test_a_hue_near_red_is_brown_from_both_sides():
    assert band_of("hue_deg", 5.0).word == band_of("hue_deg", 350.0).word == "browning"


def test_numbers_have_the_digits_they_deserve():
    assert plain("turgor_index", 0.523) == "52 %"
    assert plain("yellow_percent", 14.04) == "14.0 %"
    assert plain("hue_deg", 61.7) == "62°"
    assert plain("leaf_count", 7) == "7"
    assert plain("growth_rate_percent", 1.44) == "+1.4 % a day"
    assert plain("growth_rate_percent", -0.04) == "0.0 % a day"
    assert plain("area_cm2", 12.34) == "12.3 cm²"
    assert plain("area_cm2", 123.4) == "123 cm²"


@ALL
def test_every_metric_has_a_way_to_be_written(metric):
    assert (metric.unit, metric.digits) in VALUE_TEMPLATES


def test_a_reading_has_number_and_word_or_the_word_alone():
    row = {"turgor_index": 0.52, "hue_deg": 100.0, "chlorophyll_index": 0.5, "baseline": '{"chlorophyll_index": 0.5}'}
    assert reading_text(row, "turgor_index") == f"52{NBSP}% (limp)"
    assert reading_text(row, "hue_deg") == "green"
    assert reading_text(row, "chlorophyll_index") == f"50{NBSP}% (as green as usual)"
    assert reading_text(row, "leaf_count") == "-"


def test_the_true_area_replaces_the_share_of_the_picture():
    assert shown_metrics({"area_percent": 3.0}) == ["area_percent"]
    assert shown_metrics({"area_percent": 3.0, "area_cm2": 12.0}) == ["area_cm2"]


@ALL
def test_every_value_has_a_place_on_its_gauge(metric):
    if metric.span is not None:
        assert [place_in_span(metric, value) for value in (-1e9, 1e9)] == [0.0, 1.0]


def test_each_pipeline_yields_something():
    assert all(PIPELINES.values())
    assert msgspec.json.encode(PIPELINES)
