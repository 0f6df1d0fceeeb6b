"""What the daemon says in English is said on the screen in the owner's language, values and moments kept."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sproutcast_pi
from sproutcast_pi.messages.translations import languages
from tests.ui import screen_fixtures as scene
from ui.i18n.formatter import LocalePreferences, ScreenFormatter
from ui.i18n.message_translation import MessageTranslator, load_translator

ROOT = Path(sproutcast_pi.__file__).parent
SPEAKERS = (
    *(ROOT / "services" / name for name in ("capture_keeper", "light_keeper", "mqtt", "sync/status_messages.py")),
    *(ROOT / "services" / name for name in ("housekeeper.py", "supervisor.py", "profile_keeper.py", "updates")),
    *(ROOT / "services" / name for name in ("worker_process.py", "pairing.py", "home_assistant/command_handler.py")),
    ROOT / "app",
    ROOT / "model" / "derating.py",
    ROOT / "hardware",
)
"""Where the daemon says what an owner reads."""
OTHERS = [name for name in languages() if name != "en"]
ENOUGH = 0.9
"""A sentence just written may wait for its translation, one in ten may not."""
GERMAN = ScreenFormatter(LocalePreferences(language="de", time_zone="Europe/Berlin"))


def said(path):
    """Sentences in a source file, an example put in for every value."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    loose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in loose or id(node) in parts:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "17" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if re.match(r"[A-Z1][\w']* ", text) and text.endswith((".", "?")) and not text.startswith("SELECT"):
            yield text


def sentences():
    files = [file for place in SPEAKERS for file in (sorted(place.rglob("*.py")) if place.is_dir() else [place])]
    return sorted({text for file in files for text in said(file)})


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_daemon_says_is_translated(language):
    known, found = load_translator(language), sentences()
    assert found, "when every sentence has a code, this test and the translator go"
    missing = [text for text in found if not known.can_translate(text)]
    assert len(missing) <= (1 - ENOUGH) * len(found), missing


def test_values_are_kept_and_translated_in_their_turn():
    assert GERMAN.sentence("3 photographs in a row failed: The appliance was stopping.") == (
        "3 Fotos nacheinander sind misslungen: Das Gerät wurde gerade beendet."
    )


def test_moments_are_told_by_the_clock_at_home():
    due = f"The next photograph is due at {scene.stamp(scene.NOW + timedelta(minutes=36))}."
    assert GERMAN.sentence(due, scene.NOW) == "Das nächste Foto ist um 14:41 fällig."
    assert ScreenFormatter().sentence(due, scene.NOW) == "The next photograph is due at 12:41."


@given(st.text(max_size=60))
def test_what_nobody_knows_is_shown_as_it_came(text):
    assert MessageTranslator([])(text) == text


def test_of_two_forms_the_closer_one_is_taken():
    forms = [{"msgid": "{a} is {b}.", "msgstr": "no"}, {"msgid": "{a} is on fire.", "msgstr": "{a} brennt."}]
    assert MessageTranslator(forms)("It is on fire.") == "It brennt."


@pytest.mark.parametrize("language", OTHERS)
def test_a_form_keeps_all_its_values(language):
    for pattern, told in load_translator(language)._forms:
        assert set(re.findall(r"{(\w+)}", told)) <= set(pattern.groupindex), told
