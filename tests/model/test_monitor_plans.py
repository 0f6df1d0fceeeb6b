"""What runs when: presets, frequencies, and refusals that name field, value and rule."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.metrics.registry import METRICS, PIPELINES
from sproutcast_pi.model.monitor_plans import last_runs_after, make_plan, pipelines_due
from sproutcast_pi.model.rules import DEFAULT_RULES, parse_rules

START = datetime(2026, 6, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("preset", ["flower_health", "growth_tracking", "quick_pulse", "custom"])
def test_every_preset_measures_what_its_rules_watch(preset):
    plan = make_plan(preset)
    yielded = {metric for name in plan.pipelines for metric in PIPELINES[name]} | {"health_score"}
    assert plan.pipelines["P3b"] == "every_capture"
    assert {rule.metric for rule in plan.rules} <= yielded


def test_default_rules_pass_their_own_validation():
    assert parse_rules(list(DEFAULT_RULES.values())) == tuple(DEFAULT_RULES.values())


def test_a_custom_plan_keeps_segmentation_at_every_capture():
    plan = make_plan("custom", {"P5": "weekly", "P3b": "weekly"}, [{"metric": "turgor_index", "lower": 0.5}])
    assert plan.pipelines == {"P3b": "every_capture", "P5": "weekly"}
    assert plan.rules[0].consecutive == DEFAULT_RULES["turgor_index"].consecutive


@given(st.integers(5, 120), st.integers(2, 20))
def test_daily_runs_once_a_day_and_weekly_once_a_week_at_any_capture_interval(minutes, days):
    pipelines = make_plan("custom", {"P3a": "daily", "P5": "weekly", "P4": "every_capture"}).pipelines
    ran, counts, captures = {}, {"P3b": 0, "P3a": 0, "P4": 0, "P5": 0}, 0
    now = START
    while now < START + timedelta(days=days):
        due = pipelines_due(pipelines, ran, now)
        ran = last_runs_after(pipelines, ran, due, now)
        captures += 1
        for name in due:
            counts[name] += 1
        now += timedelta(minutes=minutes)
    assert counts["P3b"] == counts["P4"] == captures
    assert days - (days * minutes) // 1440 - 1 <= counts["P3a"] <= days + 1
    assert counts["P5"] in {days // 7, -(-days // 7), days // 7 + 1}


def test_a_capture_a_second_early_tomorrow_still_counts_as_a_day():
    pipelines = make_plan("custom", {"P3a": "daily"}).pipelines
    assert "P3a" in pipelines_due(pipelines, {"P3a": START}, START + timedelta(days=1, seconds=-1))
    assert "P3a" not in pipelines_due(pipelines, {"P3a": START}, START + timedelta(hours=23))


def test_what_ran_in_the_future_by_a_wrong_clock_is_due():
    pipelines = make_plan("custom", {"P3a": "weekly"}).pipelines
    assert "P3a" in pipelines_due(pipelines, {"P3a": START + timedelta(days=365)}, START)


@pytest.mark.parametrize(
    ("pipelines", "rules", "words"),
    [
        ({"P9": "daily"}, None, ['"P9"', "P3b"]),
        ({"P4": "hourly"}, None, ["pipelines.P4", '"hourly"', "weekly"]),
        ("P4", None, ["pipelines", '"P4"', "object"]),
        (None, {"metric": "turgor_index"}, ["rules", "list"]),
        (None, [7], ["rules[0]", "7", "object"]),
        (None, [{"metric": "mood", "lower": 1}], ["rules[0].metric", '"mood"', "turgor_index"]),
        (None, [{"metric": "turgor_index"}], ["rules[0]", "lower, upper"]),
        (None, [{"metric": "turgor_index", "lower": 60}], ["rules[0].lower", "60", "0 to 1"]),
        (None, [{"metric": "turgor_index", "lower": "0.6"}], ["rules[0]", "lower", "float"]),
        (None, [{"metric": "hue_deg", "lower": 120, "upper": 80}], ["rules[0].lower", "120", "80"]),
        (None, [{"metric": "turgor_index", "lower": 0.5, "consecutive": 0}], ["rules[0].consecutive", "0", "1 to"]),
        (None, [{"metric": "turgor_index", "lower": 0.5, "hysteresis": 0.6}], ["rules[0].hysteresis", "0.6"]),
        (None, [{"metric": "turgor_index", "lower": 0.5, "cooldown_h": -1}], ["rules[0].cooldown_h", "-1"]),
        (None, [{"metric": "hue_deg", "drop_percent": 10}], ["rules[0].drop_percent", "hue_deg"]),
        (None, [{"metric": "turgor_index", "drop_percent": 100}], ["rules[0].drop_percent", "100", "1 to 99"]),
        (None, [{"metric": "turgor_index", "lowr": 0.5}], ["rules[0]", "lowr"]),
        (None, [{"metric": "hue_deg", "lower": 5}, {"metric": "hue_deg", "upper": 9}], ["rules[1]", "hue_deg"]),
    ],
)
def test_a_refusal_names_field_value_and_rule(pipelines, rules, words):
    with pytest.raises(RefusedError) as refusal:
        make_plan("custom", pipelines, rules)
    assert refusal.value.field in {"pipelines", "rules"}
    assert all(word in str(refusal.value) for word in words), str(refusal.value)


def test_an_unknown_preset_is_refused():
    with pytest.raises(RefusedError, match="flower_health") as refusal:
        make_plan("forest")
    assert refusal.value.field == "preset"


def test_a_tight_bound_narrows_the_default_hysteresis_so_the_alert_can_end():
    (rule,) = parse_rules([{"metric": "turgor_index", "lower": 0.98}])
    assert rule.lower + rule.hysteresis <= 1.0


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["metric", "lower", "upper", "consecutive", "hysteresis", "cooldown_h", "x"]),
            st.one_of(st.sampled_from(list(METRICS)), st.integers(), st.floats(), st.none(), st.text(max_size=3)),
        ),
        max_size=4,
    )
)
def test_any_json_is_either_sound_rules_or_a_refusal(value):
    try:
        rules = parse_rules(value)
    except RefusedError:
        return
    for rule in rules:
        assert rule.watched
        assert rule.consecutive >= 1
