"""Alerts: count, notify once, end with hysteresis, survive restarts as values, go round the circle of hues."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.messages.formatter import Formatter, LocalePreferences, english
from sproutcast_pi.model.advice import CareFact, advise
from sproutcast_pi.model.alerts import AlertState, RuleContext, distance_outside, evaluate
from sproutcast_pi.model.baseline import baseline_level
from sproutcast_pi.model.rules import Rule

NOW = datetime(2026, 6, 1, 14, 5, tzinfo=UTC)
STEP = timedelta(minutes=30)
TURGOR = Rule(metric="turgor_index", lower=0.60, consecutive=2, hysteresis=0.05, cooldown_h=24)


def run(rules, series, *, start=NOW, step=STEP, states=(), metric="turgor_index"):
    """Evaluate a series of values; returns all notices, all resolved and the last states."""
    notices, over = [], []
    for place, value in enumerate(series):
        now = start + place * step
        outcome = evaluate(rules, states, {metric: value}, now, RuleContext(plant="Basil"))
        stored = msgspec.json.encode(outcome.states)
        states = msgspec.json.decode(stored, type=tuple[AlertState, ...])
        notices += [(place, notice) for notice in outcome.notices]
        over += [(place, state) for state in outcome.resolved]
    return notices, over, states


def test_one_bad_picture_says_nothing_two_in_a_row_speak_once():
    notices, over, _ = run([TURGOR], [0.7, 0.5, 0.7, 0.5, 0.5, 0.5, 0.4, 0.3])
    assert [place for place, _ in notices] == [4]
    assert over == []


def test_the_message_has_number_limit_and_since_when():
    notices, _, _ = run([TURGOR], [0.52, 0.523])
    notice = notices[0][1]
    assert english(notice.title) == "Basil: Thirsty"
    assert english(notice.message) == (
        "Firmness 52\N{NO-BREAK SPACE}%, below the limit of 60\N{NO-BREAK SPACE}%, "
        "since Jun 1, 14:05 (2 photos in a row)."
    )
    assert notice.category == "alert"
    assert (notice.value, notice.threshold) == (0.523, 0.60)


def test_times_are_formatted_in_the_owners_zone():
    outcome = evaluate(
        [TURGOR],
        [AlertState(metric="turgor_index", bound="lower", threshold=0.6, streak=1, since_at=NOW)],
        {"turgor_index": 0.5},
        NOW + STEP,
        RuleContext(plant="Basil"),
    )
    home = Formatter(LocalePreferences(time_zone="Europe/Berlin"))
    assert "16:05" in home.message(outcome.notices[0].message)


def test_it_ends_only_inside_the_hysteresis_and_then_says_which():
    notices, over, states = run([TURGOR], [0.5, 0.5, 0.61, 0.64, 0.65])
    assert len(notices) == 1
    assert [(place, state.metric) for place, state in over] == [(4, "turgor_index")]
    assert not states[0].active


def test_a_missing_value_neither_counts_nor_resets():
    notices, over, _ = run([TURGOR], [0.5, None, float("nan"), 0.5, None, None])
    assert [place for place, _ in notices] == [3]
    assert over == []


def test_a_second_episode_within_the_cooldown_is_reported_when_it_is_over():
    day = [0.5, 0.5, 0.8] + [0.5] * 60
    notices, over, _ = run([TURGOR], day)
    assert [place for place, _ in notices] == [1, 49]
    assert len(over) == 1


def test_a_long_episode_is_reported_once():
    notices, _, _ = run([TURGOR], [0.5] * 48 * 14)
    assert len(notices) == 1


def test_a_clock_that_went_back_does_not_silence_an_alert():
    future = AlertState(
        metric="turgor_index", bound="lower", threshold=0.6, notified_at=NOW + timedelta(days=365), streak=0
    )
    notices, _, _ = run([TURGOR], [0.5, 0.5], states=(future,))
    assert len(notices) == 1


def test_a_rule_that_is_gone_resolves_its_episode_and_its_state():
    _, _, states = run([TURGOR], [0.5, 0.5])
    outcome = evaluate([], states, {"turgor_index": 0.5}, NOW, RuleContext(plant="Basil"))
    assert outcome.states == ()
    assert [state.metric for state in outcome.resolved] == ["turgor_index"]


def test_hue_goes_round_the_circle():
    rule = Rule(metric="hue_deg", lower=60, upper=150, consecutive=1, hysteresis=5)
    notices, _, _ = run([rule], [350.0], metric="hue_deg")
    assert [notice.bound for _, notice in notices] == ["lower"]
    notices, _, _ = run([rule], [200.0], metric="hue_deg")
    assert [notice.bound for _, notice in notices] == ["upper"]
    notices, _, _ = run([rule], [100.0], metric="hue_deg")
    assert notices == []


@given(st.floats(0, 359.9), st.floats(1, 359), st.floats(0, 359.9))
def test_a_hue_is_outside_exactly_one_bound_or_none(lower, width, value):
    upper = lower + width
    if upper >= 360:
        return
    rule = Rule(metric="hue_deg", lower=lower, upper=upper)
    outside = [bound for bound in ("lower", "upper") if distance_outside(rule, bound, value) > 0]
    assert len(outside) == (0 if lower <= value <= upper else 1)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=80), st.integers(1, 5), st.floats(0, 0.3))
def test_notices_and_endings_alternate_with_the_state(series, consecutive, hysteresis):
    rule = Rule(metric="turgor_index", lower=0.5, consecutive=consecutive, hysteresis=hysteresis, cooldown_h=0)
    notices, over, states = run([rule], series)
    assert len(notices) - len(over) == int(states[0].active if states else False)
    for place, _ in notices:
        known = [value for value in series[: place + 1] if value is not None][-consecutive:]
        assert all(value < 0.5 for value in known)


GREEN = Rule(metric="chlorophyll_index", drop_percent=25, consecutive=2, hysteresis=0.02)


def fade(series, usual):
    notices, states = [], ()
    for place, value in enumerate(series):
        level = usual[place] if isinstance(usual, list) else usual
        outcome = evaluate(
            [GREEN],
            states,
            {"chlorophyll_index": value},
            NOW + place * STEP,
            RuleContext(plant="Fern", baseline={GREEN.metric: level}),
        )
        states = outcome.states
        notices += [(place, notice) for notice in outcome.notices]
    return notices, states


def test_a_drop_is_measured_against_what_is_usual_for_this_plant():
    assert fade([0.3, 0.29, 0.28], 0.3)[0] == []
    notices, _ = fade([0.7, 0.5, 0.5], 0.7)
    assert [place for place, _ in notices] == [2]
    assert notices[0][1].bound == "drop"
    assert "more than 25\N{NO-BREAK SPACE}% below this plant's usual value" in english(notices[0][1].message)
    assert english(notices[0][1].title) == "Fern: Pale leaves"


def test_a_drop_that_becomes_usual_is_still_a_drop():
    notices, states = fade([0.5] * 6, [0.7, 0.7, 0.7, 0.5, 0.5, 0.5])
    assert len(notices) == 1
    assert states[0].active


def test_while_nothing_is_usual_no_drop_is_seen():
    assert fade([0.7, 0.1, 0.1], None) == ([], ())


def test_what_is_usual_leaves_out_today_and_bad_pictures():
    values = [(NOW - timedelta(days=day), 0.7 if day % 5 else 0.1) for day in range(1, 15)]
    today = [(NOW - timedelta(hours=hour), 0.2) for hour in range(20)]
    assert baseline_level([*values, *today, (NOW, None)], NOW) == 0.7
    assert baseline_level(values[:3], NOW) is None
    assert baseline_level(today, NOW) is None


def care(kind, **ago):
    return CareFact(kind=kind, at=NOW - timedelta(**ago))


def advice(metric, bound, *care):
    return Formatter().message(advise(metric, bound, care, NOW), NOW)


def test_advice_names_the_likely_cause():
    assert "4 days ago" in advice("turgor_index", "lower", care("water", days=4))
    assert "thirst is unlikely" in advice("turgor_index", "lower", care("water", hours=5))
    assert "49 days ago" in advice("chlorophyll_index", "lower", care("feed", days=49))
    assert "repotted 2 days ago" in advice("turgor_index", "lower", care("repot", days=2))
    assert "pruned" in advice("growth_rate_percent", "lower", care("prune", days=1))
    assert advice("bloom_percent", "upper")
