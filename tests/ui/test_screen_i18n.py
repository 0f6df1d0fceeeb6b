from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.messages.formatter import Formatter, LocalePreferences, parse_timestamp
from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS
from tests.ui import screen_fixtures as scene

NB = "\N{NO-BREAK SPACE}"


def test_numbers_the_local_way():
    english, german = Formatter(), Formatter(LocalePreferences(language="de"))
    assert english.number(3.14159, 2) == "3.14"
    assert german.number(3.14159, 2) == "3,14"
    assert english.number(-2, sign=True) == "\N{MINUS SIGN}2"
    assert english.number(-0.04, 1, sign=True) == "0.0"


def test_units_follow_the_preferences():
    american = Formatter(LocalePreferences(inches=True, fahrenheit=True, clock_24h=False))
    assert american.length(25.4) == f"10.0{NB}in"
    assert american.temperature(100) == f"212{NB}°F"
    assert [american.clock(h, 5) for h in (0, 12, 23)] == [f"12:05{NB}am", f"12:05{NB}pm", f"11:05{NB}pm"]
    assert Formatter().length(25.4) == f"25.4{NB}cm"
    assert Formatter().temperature(21.4) == f"21{NB}°C"


def test_moments_as_one_would_say_them():
    tr, now = Formatter(LocalePreferences(time_zone="Europe/Berlin")), scene.NOW
    assert tr.moment(now, now) == "14:05"
    assert tr.moment(now - timedelta(days=1), now) == "yesterday 14:05"
    assert tr.moment(now + timedelta(days=1), now) == "tomorrow 14:05"
    assert tr.moment(now - timedelta(days=3), now) == "Tue 14:05"
    assert tr.moment(now - timedelta(days=30), now) == "May 13"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "just now"), (90, "1 min ago"), (7300, "2 h ago"), (90000, "1 day ago"), (200000, "2 days ago")],
)
def test_how_long_ago(seconds, words):
    assert Formatter().ago(scene.NOW - timedelta(seconds=seconds), scene.NOW) == words


def test_spans_of_time():
    tr = Formatter()
    assert [tr.span(s) for s in (1500, 3600, 11400, 400000)] == ["25 min", "1 h", "3 h 10 min", "4 days"]


@given(st.text(max_size=40))
def test_nonsense_is_no_moment(text):
    assert parse_timestamp(text) is None or parse_timestamp(text).tzinfo is not None


@given(st.sampled_from(sorted(METRICS)), st.floats(-1e6, 1e6))
def test_every_metric_can_be_written(metric, value):
    assert value_text(metric, value, Formatter())


def test_a_zone_without_data_is_utc():
    assert Formatter(LocalePreferences(time_zone="Mars/Olympus")).moment(scene.NOW, scene.NOW) == "12:05"
    assert Formatter().weekday(date(2026, 6, 12)) == "Fri"
