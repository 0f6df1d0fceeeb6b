from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.messages.formatter import Formatter, LocalePreferences
from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.store.message_columns import withheld_columns
from tests.ui import screen_fixtures as scene
from tests.ui.screen_fixtures import screen_queries
from ui.plant.chart import chart, nice_ticks
from ui.plant.model import care_lines, chartable, last_done, plant_page

TR = Formatter(LocalePreferences(time_zone="Europe/Berlin"))


def row(hours, value):
    return {"at": scene.ago(hours=hours), "turgor_index": value}


def test_the_page_of_a_thirsty_plant():
    page = plant_page(screen_queries(), 2, scene.NOW, TR)
    assert (page.name, page.below) == ("Rubber plant", "Ficus elastica · 53 days old")
    assert page.advice.startswith("It was last watered 4 days ago")
    firmness = next(fact for fact in page.facts if fact.metric == "turgor_index")
    assert (firmness.name, firmness.word, firmness.level, firmness.icon) == (
        "Firmness",
        "Limp",
        "act",
        "alert-octagon",
    )


def test_where_a_number_is_withheld_the_reason_takes_its_place():
    rows = scene.results()
    reasons = {"turgor_index": withheld_reasons.COVERED, "area_px": "x"}
    rows[-1] |= {"turgor_index": None, **withheld_columns(reasons)}
    german = Formatter(LocalePreferences(language="de"))
    facts = plant_page(screen_queries(result=rows), rows[-1]["plant_id"], scene.NOW, german).facts
    withheld = facts[1]
    assert [fact.metric for fact in facts if not fact.available] == ["turgor_index"], "pixels are never shown"
    assert (withheld.metric, withheld.value, withheld.word) == (
        "turgor_index",
        "",
        "Nicht gemessen: die Blätter verdecken einander",
    )


def test_a_plant_that_is_gone_has_no_page():
    assert plant_page(screen_queries(), 99, scene.NOW, TR) is None


def test_care_in_words_newest_first():
    lines = care_lines([c for c in scene.care() if c["plant_id"] == 1], scene.NOW, TR)
    assert [line.words for line in lines][:2] == ["Watered, 250 ml", "Fed, Tomato feed"]
    assert last_done(scene.care(), "water", scene.NOW, TR) == "Watered yesterday 11:05"
    assert last_done([], "water", scene.NOW, TR) == ""


def test_only_what_was_measured_twice_can_be_a_curve():
    assert chartable([row(2, 0.8)]) == []
    assert chartable([row(2, 0.8), row(1, 0.9)]) == ["turgor_index"]


def test_a_gap_breaks_the_line():
    drawn = chart([row(20, 0.8), row(19, 0.8), row(2, 0.7), row(1, 0.7)], "turgor_index", "day", scene.NOW, TR)
    assert [len(line) for line in drawn.lines] == [2, 2]


def test_what_is_older_than_the_span_is_left_out():
    drawn = chart([row(30, 0.1), row(2, 0.8)], "turgor_index", "day", scene.NOW, TR)
    assert len(drawn.values) == 1
    assert drawn.values[0][2] == "80\N{NO-BREAK SPACE}%"


def test_an_empty_chart_still_has_its_days():
    drawn = chart([], "turgor_index", "week", scene.NOW, TR)
    assert drawn.lines == ()
    assert [tick.text for tick in drawn.x] == ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"]


def test_hours_stand_at_local_six_hour_marks():
    drawn = chart([], "turgor_index", "day", scene.NOW, TR)
    assert [tick.text for tick in drawn.x] == ["18:00", "00:00", "06:00", "12:00"]


def test_care_and_limit_are_on_the_chart():
    drawn = chart([row(2, 0.7), row(1, 0.5)], "turgor_index", "day", scene.NOW, TR, care=scene.care(), limit=0.6)
    assert drawn.limit == pytest.approx(0.5, abs=0.3)
    assert drawn.marks == ()
    week = chart([row(2, 0.7), row(1, 0.5)], "turgor_index", "week", scene.NOW, TR, care=scene.care()[:1])
    assert [mark.kind for mark in week.marks] == ["water"]


@given(st.floats(-1e4, 1e4), st.floats(0.01, 1e4))
def test_ticks_enclose_the_values_and_are_few(low, span):
    ticks = nice_ticks(low, low + span)
    assert ticks[0] <= low + 1e-6 * span
    assert ticks[-1] >= low + span - 1e-6 * span
    assert 2 <= len(ticks) <= 7


@given(st.lists(st.tuples(st.floats(0, 700), st.floats(0, 1)), min_size=1, max_size=900))
def test_every_point_lies_in_the_plot(values):
    rows = [row(hours, value) for hours, value in values]
    drawn = chart(rows, "turgor_index", "month", scene.NOW, TR)
    assert len(drawn.values) <= 401
    for x, y, _, _ in drawn.values:
        assert 0 <= x <= 1
        assert -1e-9 <= y <= 1 + 1e-9
    newest = max(rows, key=lambda r: r["at"])["at"]
    assert drawn.values[-1][0] == pytest.approx(1 - (scene.NOW - parse(newest)) / timedelta(days=30))


def parse(text):
    from sproutcast_pi.messages.formatter import parse_timestamp as parsed

    return parsed(text)


def test_a_question_does_not_hide_what_to_do_nor_what_was_done():
    question = scene.notice(9, 2, category="alert", title="T", message="M", advice="Answer", question="hanging")
    thirst = next(row for row in scene.notifications() if row["id"] == 4)
    for care, words in (
        ({}, "It was last watered"),
        ({"care_kind": "water", "care_at": scene.ago(minutes=6)}, "Watered"),
    ):
        rows = [{**question, "created_at": scene.ago(minutes=1)}, {**thirst, **care}]
        assert plant_page(screen_queries(notification=rows), 2, scene.NOW, TR).advice.startswith(words)


def test_a_colour_is_a_word_with_its_place_in_its_range():
    rows = scene.results()
    rows[-1] |= {"hue_deg": 110.0, "hue_sd_deg": 40.0}
    facts = {
        fact.metric: fact for fact in plant_page(screen_queries(result=rows), rows[-1]["plant_id"], scene.NOW, TR).facts
    }
    hue, spread = facts["hue_deg"], facts["hue_sd_deg"]
    assert (hue.value, hue.word, hue.level, hue.place) == ("Green", "", "ok", 0.5)
    assert [level for _, level in hue.stretches] == ["act", "watch", "ok", "act"]
    assert (spread.value, spread.level) == ("Patchy", "act")
    assert not any("°" in fact.value for fact in facts.values())


def axis(metric, values):
    rows = [{"at": scene.ago(hours=20 - hour), metric: value} for hour, value in enumerate(values)]
    return [tick.text for tick in chart(rows, metric, "day", scene.NOW, TR).y]


def test_an_axis_ends_where_its_values_do():
    assert axis("health_score", [97, 99, 100])[-1] == "100"
    assert axis("turgor_index", [0.99, 1.0])[-1] == "100\N{NO-BREAK SPACE}%"
    assert axis("lesion_percent", [0.0, 0.02])[0] == "0.0\N{NO-BREAK SPACE}%"


def test_an_axis_of_colours_has_words_where_each_begins():
    texts = axis("hue_deg", [50.0, 70.0, 110.0])
    assert [text for text in texts if text] == ["Yellowing", "Light green", "Green"]
