import pytest

from tests.ui.screen_texts import texts
from ui.i18n.catalogue import languages, load


@pytest.mark.parametrize("language", [name for name in languages() if name != "en"])
def test_every_text_is_translated(language):
    catalogue = load(language)
    missing = [
        text for text, plural in texts().items() if text not in (catalogue._plurals if plural else catalogue._texts)
    ]
    assert missing == []


def test_the_sources_are_really_searched():
    found = texts()
    assert {"Watered", "Jan", "Mon", "Thirsty", "Add a plant"} <= set(found)
    assert found["{n} day"] == "{n} days"
    assert len(found) > 300
