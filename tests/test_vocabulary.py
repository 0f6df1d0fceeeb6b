"""Words of an earlier private language stay out of identifiers, file names and documents.

`OLD` lists each word with the term that took its place; `ALLOWED` the names in which it means something else.
"""

import io
import re
import tokenize
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("sproutcast_pi", "ui", "tests", "tools", "bench", "training", "image-build")

OLD = {
    "clerk": "recorder",
    "careful": "two_scale",
    "curtain": "before_after",
    "deputy": "privileged_helper",
    "diary": "event_log",
    "ear": "listener",
    "ears": "listeners",
    "excuses": "preexisting_failures",
    "garden": "queries, store, daemon",
    "habit": "baseline, mask_style, preferences",
    "habits": "preferences",
    "hear": "receive",
    "heard": "received",
    "hears": "receives",
    "mirror": "row_cache",
    "moments": "times, timestamps",
    "outbox": "send_queue",
    "painter": "publisher, renderer",
    "reel": "video",
    "said": "message, output",
    "says": "reports",
    "stand_in": "degraded",
    "sudden": "area_jump",
    "tell": "report, formatter",
    "tells": "reports",
    "told": "reported, delivered",
    "tongue": "i18n",
    "untold": "withheld",
    "visitor": "principal",
    "visitors": "principals",
    "whole_file": "atomic_file",
    "wish": "request, target",
    "wishes": "requests",
    "wished": "requested",
}

ALLOWED = {
    "deputy": "public name: the command `sproutcast deputy` and its unit",
    "moments": "OpenCV's name for the moments of an outline (cv2.moments)",
}
"""Names in which an old word has its plain meaning, or that a library gives."""

DOCUMENTS = (
    "anew",
    "clerk",
    "curtain",
    "diary",
    "excuse",
    "garden",
    "habit",
    "mirror",
    "reel",
    "tongue",
    "visitor",
    "whole_file",
)
"""Old words that no document needs; `deputy` is the name of a unit, `outbox` that of a health part."""
PHRASES = re.compile(r"\b(anew|so many|(is|are|was|were) told|stands at)\b", re.IGNORECASE)
"""Turns of phrase of the earlier language, in docstrings, comments and texts of the programs."""
OLD_TEXTS = ("old_sentences", "old_messages")
"""Modules of migrations that hold texts as earlier versions wrote them."""
PROSE = ("sproutcast_pi", "ui", "tools", "bench", "training", "image-build")
SEARCHED = re.compile("|".join(word.replace("_", "_?") for word in OLD), re.IGNORECASE)


def words(name):
    """The words of an identifier or file name, with each pair that is one old word."""
    single = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_")
    return {*single, *("_".join(pair) for pair in pairwise(single))}


@cache
def sources():
    return tuple(path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")) if path != Path(__file__))


@cache
def identifiers():
    """Each identifier and module name with one place of it; tests are named by sentences in plain English."""
    found = {}
    for path in sources():
        place, source = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        if not path.stem.startswith("test_"):
            found.setdefault(path.stem, place)
        if not SEARCHED.search(source):
            continue
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.NAME and not token.string.startswith("test_"):
                found.setdefault(token.string, f"{place}:{token.start[0]}")
    return found


def test_no_identifier_has_an_old_word():
    wrong = [
        f"{place}: {name}: say {OLD[word]} for {word}"
        for name, place in identifiers().items()
        if name not in ALLOWED
        for word in sorted(words(name) & OLD.keys())
    ]
    assert len(identifiers()) > 2000
    assert not wrong, "\n".join(sorted(wrong))


def test_every_exception_is_needed():
    assert all(words(name) & OLD.keys() for name in ALLOWED)
    assert ALLOWED.keys() <= identifiers().keys()


@pytest.mark.parametrize("word", DOCUMENTS)
def test_no_document_has_an_old_word(word):
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    found = [
        f"{page.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for page in pages
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(rf"\b{word}s?\b", line, re.IGNORECASE)
    ]
    assert not found, "\n".join(found)


def test_no_docstring_or_comment_has_an_old_phrase():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in sources()
        if path.relative_to(ROOT).parts[0] in PROSE and path.stem not in OLD_TEXTS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if PHRASES.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("phrase", ["begun anew", "the owner is told", "after so many seconds", "it stands at 5"])
def test_the_search_for_phrases_finds_each(phrase):
    assert PHRASES.search(phrase)


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("told", {"told"}),
        ("LightClerk", {"clerk"}),
        ("not_told_yet", {"told"}),
        ("StandIn", {"stand_in"}),
        ("greenhouse", set()),
    ],
)
def test_words_of_a_name(name, old):
    assert words(name) & OLD.keys() == old
