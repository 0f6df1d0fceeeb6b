"""The catalogues in the repository are level with the sources, compiled, and complete."""

import re

import pytest

from sproutcast_pi.messages.catalogue import TEMPLATES
from sproutcast_pi.messages.message import fields
from sproutcast_pi.messages.translations import FOLDER, languages
from tools import catalogues


@pytest.mark.parametrize("language", languages())
def test_the_files_are_what_make_catalogues_writes(language):
    stale = [
        str(path.relative_to(FOLDER))
        for path, content in catalogues.compiled(language).items()
        if not path.exists() or path.read_bytes() != content
    ]
    assert stale == [], "run: make catalogues"


@pytest.mark.parametrize("language", [name for name in languages() if name != "en"])
def test_nothing_is_untranslated(language):
    assert catalogues.untranslated(language) == []


@pytest.mark.parametrize("language", [name for name in languages() if name != "en"])
def test_a_translation_has_the_same_fields_written_the_same_way(language):
    for entry in catalogues.updated(language):
        if not entry.id or "{" not in str(entry.id):
            continue
        ids = (entry.id,) if isinstance(entry.id, str) else entry.id
        texts = (entry.string,) if isinstance(entry.string, str) else entry.string
        for text in texts:
            assert fields(text) <= fields(*ids), entry.id
            assert set(re.findall(r"{[^}]*}", text)) <= {
                field for each in ids for field in re.findall(r"{[^}]*}", each)
            }


def test_the_sources_are_really_searched():
    found = {catalogues._key(text) for _, text in catalogues.extracted()}
    assert {
        "Watered",
        "Jan",
        "Mon",
        "Add a plant",
        "My phone",
        "Pair this phone",
        "{n} day",
        "Look for an update",
    } <= found
    assert len(found) > 400


def test_german_addresses_the_reader_in_one_way():
    informal = re.compile(r"\b([Dd]u|[Dd]ir|[Dd]ich|[Dd]ein(e[mnrs]?)?)\b")
    texts = [str(entry.string) for entry in catalogues.updated("de")]
    assert [text for text in texts if informal.search(text)] == []


def test_every_template_is_extracted():
    found = {catalogues._key(text) for _, text in catalogues.extracted()}
    texts = {template.text for template in TEMPLATES.values()}
    assert sorted(text for text in texts - found if not re.fullmatch(r"\W*{[^}]*}\W*", text)) == []
