"""Text from outside: invisible characters never distinguish two names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.sanitise import INVISIBLE, sanitise
from tests.store.helpers import OWNER


@pytest.mark.parametrize(
    "name",
    [
        "Basil\u200b",
        "\u202eBasil",
        "Ba\u00adsil",
        "\ufeffBasil",
        "Ba\u2060sil",
        "\u2066Basil\u2069",
        " \u200d Basil\u200c",
        "\u3000Basil\u00a0",
    ],
)
def test_names_that_look_the_same_are_the_same(store, name):
    store.call("create_plant", {"name": "Basil"}, caller=OWNER)
    with pytest.raises(RefusedError, match="Basil"):
        store.call("create_plant", {"name": name}, caller=OWNER)


@pytest.mark.parametrize("name", ["\u200b", "\u202e\u202c", "\u200d", "\u3000"])
def test_a_name_of_nothing_visible_is_refused(store, name):
    with pytest.raises(RefusedError, match="name"):
        store.call("create_plant", {"name": name}, caller=OWNER)


@pytest.mark.parametrize("name", ["👩‍🌾's herb", "می‌خک", "罗勒", "الريحان", "🌵 Cactus 🌼"])
def test_names_in_any_script_are_kept_as_they_are(store, name):
    plant_id = store.call("create_plant", {"name": name}, caller=OWNER).value
    assert store.query("SELECT name FROM plant WHERE id = ?", (plant_id,)) == [{"name": name}]


@given(st.text(max_size=60))
def test_a_kept_line_has_no_invisible_character_and_is_kept_the_same_again(text):
    try:
        kept = sanitise("name", text, multiline=False)
    except RefusedError:
        return
    assert not INVISIBLE.search(kept)
    assert sanitise("name", kept, multiline=False) == kept
