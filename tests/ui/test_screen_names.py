"""Names the screen's font can't draw are shown so that plants can be distinguished, and stay what they are."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.model.shown_names import shown_name
from ui.fonts import coverage

FONTS = Path(coverage.__file__).parent


def tr(text, **values):
    return text.format(**values)


def shown(*names):
    plants = [{"id": number, "name": name} for number, name in enumerate(names, 1)]
    return [shown_name(plant, plants, tr, lacks=coverage.MISSING.match) for plant in plants]


@pytest.mark.parametrize("font", ["Inter-Regular.otf", "Inter-SemiBold.otf"])
def test_the_table_is_what_the_fonts_hold(font):
    held = set(TTFont(FONTS / font).getBestCmap())
    covered = {code for first, last in coverage.RANGES for code in range(first, last + 1)}
    assert covered == held


def test_names_in_other_scripts_stay_distinct():
    assert shown("الريحان", "罗勒", "🌵 Cactus 🌼", "Basil", "मेथी") == [
        "Plant 1",
        "Plant 2",
        "Cactus",
        "Basil",
        "Plant 5",
    ]


def test_a_letter_whose_mark_is_a_character_of_its_own_is_drawn():
    assert shown("Ko\u0308nigskerze") == ["Königskerze"]


def test_names_that_differ_in_ornaments_alone_stay_distinct():
    assert shown("🌵 Cactus", "Cactus 🌼", "🌵", "🌼") == ["Cactus (1)", "Cactus (2)", "Plant 3", "Plant 4"]
    assert shown("Cactus", "Cactus 🌼") == ["Cactus", "Cactus (2)"]


@pytest.mark.parametrize("name", ["Fensterbrett · Süd", "Базилик", "Βασιλικός", "Húsfriðarblóm", "Nº 3, 50 €"])
def test_what_the_font_draws_stays_as_it_is(name):
    assert shown(name) == [name]


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1), min_size=1, max_size=6))
def test_every_name_shown_can_be_drawn_and_is_not_empty(names):
    for text in shown(*names):
        if text not in names:
            assert not coverage.MISSING.search(text)
        assert text
