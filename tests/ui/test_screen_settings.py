import pytest

from sproutcast_pi.messages.formatter import Formatter, LocalePreferences
from tests.ui import screen_fixtures as scene
from tests.ui.screen_fixtures import screen_queries
from ui.settings.model import DEFAULTS, choices, chosen, groups, overall, part_lines
from ui.start import display_report

TR = Formatter(LocalePreferences(time_zone="Europe/Berlin"))


def keys(**how):
    return [
        line.key
        for group in groups(screen_queries(), TR, version="1", **{"dimmable": True, **how})
        for line in group.lines
    ]


def test_brightness_is_offered_only_where_it_can_be_set():
    assert "screen_brightness" in keys()
    assert "screen_brightness" not in keys(dimmable=False)


def test_every_default_is_among_its_choices():
    for key, value in DEFAULTS.items():
        assert value in [choice for choice, _ in choices(key, TR)], key


def test_the_store_takes_every_choice():
    from sproutcast_pi.store.reducers.settings import _checked

    for key in DEFAULTS | {"language": 0, "time_zone": 0}:
        for value, _ in choices(key, TR):
            assert _checked(key, value) == value


def test_what_the_owner_set_is_shown():
    assert chosen(screen_queries(), "time_zone", TR) == "Europe/Berlin"
    assert chosen(screen_queries(setting=[]), "theme", TR) == "dark"


def test_the_device_in_words_the_worst_first():
    lines = part_lines(screen_queries(), scene.NOW, TR)
    assert (lines[0].name, lines[0].level, lines[0].since) == ("Storage", "watch", "since Wed 14:05")
    assert lines[-1].level == "none"
    assert overall(screen_queries(), TR) == "1 thing to look at"
    assert overall(screen_queries(health=[]), TR) == ""


@pytest.mark.parametrize(("driver", "state"), [("kmsdrm", "ok"), ("x11", "ok"), ("offscreen", "bad"), ("dummy", "bad")])
def test_a_black_panel_is_never_called_healthy(driver, state):
    assert display_report(driver, 800, 480)["state"] == state
