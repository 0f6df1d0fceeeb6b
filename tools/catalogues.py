"""Extract every text from the sources, update the `.po` files, and write what is compiled from them.

`make catalogues` after a text was added or changed, then translate the entries it lists. It writes for each language
`sproutcast.po` (edited by translators) and `sproutcast.mo` (read through gettext).
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from sproutcast_pi.messages.translations import DOMAIN, FOLDER

ROOT = Path(__file__).resolve().parent.parent
MARKS = {"_": None, "Template": (2,), "Plural": (2, 3), "plural": (1, 2)}
SCREEN_MARKS = MARKS | {"tr": None, "self": None}
Found = tuple[str, str | tuple[str, ...]]
"""A source file and a text in it, or its two forms."""


@cache
def extracted() -> tuple[Found, ...]:
    """Return every text for people with its file, from Python, Kivy and TypeScript; not a lone field."""
    return tuple(found for found in _sources() if not re.fullmatch(r"\W*{[^}]*}\W*", _key(found[1])))


def _sources() -> Iterator[Found]:
    for path in sorted([*ROOT.glob("sproutcast_pi/**/*.py"), *ROOT.glob("ui/**/*.py")]):
        name = path.relative_to(ROOT).as_posix()
        marks = SCREEN_MARKS if name.startswith(("ui/", "sproutcast_pi/messages/formatter")) else MARKS
        yield from _by_babel("python", path, marks)
    for path in sorted([*ROOT.glob("web/src/**/*.ts"), *ROOT.glob("web/src/**/*.tsx")]):
        # Babel's own reader of JavaScript loses texts in nested calls and knows no types.
        yield from _by_pattern(path, r'\b(?:tr|mark)\(\s*"([^"]+)"')
        for forms in re.findall(r'\btrPlural\("([^"]+)", "([^"]+)"', path.read_text(encoding="utf-8")):
            yield path.relative_to(ROOT).as_posix(), forms
    for path in sorted(ROOT.glob("ui/**/*.kv")):
        yield from _by_pattern(path, r"app\.tr\('([^']+)'")


def _by_babel(method: str, path: Path, marks: Mapping[str, tuple[int, ...] | None]) -> Iterator[Found]:
    with path.open("rb") as file:
        for _, text, _, _ in extract(method, file, marks, options={"encoding": "utf-8"}):
            if text and (isinstance(text, tuple) or " " in text or text.strip()):
                yield path.relative_to(ROOT).as_posix(), text


def _by_pattern(path: Path, pattern: str) -> Iterator[Found]:
    for groups in re.findall(pattern, path.read_text(encoding="utf-8")):
        for text in (groups,) if isinstance(groups, str) else groups:
            if text.strip():
                yield path.relative_to(ROOT).as_posix(), text.strip()


def template_catalog() -> Catalog:
    """Return a catalogue without translations: every text, and the files it is in."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for name, text in extracted():
        catalog.add(text, locations=[(name, 1)])
    return catalog


def updated(language: str) -> Catalog:
    """Return a language's catalogue brought level with the sources; what is new in it has no translation yet."""
    path = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    catalog.update(template_catalog(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    # Dates would differ from run to run.
    catalog.creation_date = catalog.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    catalog.header_comment, catalog.project, catalog.fuzzy = "", DOMAIN, False
    return catalog


def compiled(language: str) -> dict[Path, bytes]:
    """Return what each of a language's files should contain."""
    if language == "en":
        return {}
    catalog, po, mo = updated(language), io.BytesIO(), io.BytesIO()
    write_po(po, catalog, width=118, sort_output=True, include_lineno=False, omit_header=False)
    write_mo(mo, catalog)
    lines = [line for line in po.getvalue().splitlines(keepends=True) if not _is_noise(line)]
    files = FOLDER / language / "LC_MESSAGES"
    return {
        files / f"{DOMAIN}.po": b"".join(lines),
        files / f"{DOMAIN}.mo": mo.getvalue(),
    }


def _is_noise(line: bytes) -> bool:
    wanted = (b'"Language', b'"Content-', b'"Plural-', b'"MIME', b'"#')
    return re.match(rb'"[A-Z][A-Za-z-]+: ', line) is not None and not line.startswith(wanted)


def untranslated(language: str) -> list[str]:
    """Return the texts of a language that have no translation, or only a doubtful one."""
    catalog = updated(language)
    return [
        str(entry.id)
        for entry in catalog
        if entry.id and (entry.fuzzy or not (all(entry.string) if isinstance(entry.string, tuple) else entry.string))
    ]


def _key(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def all_languages() -> list[str]:
    """Return the languages there is a `.po` file for, and English."""
    return ["en", *sorted(path.parent.parent.name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))]


def main() -> int:
    """Write everything; returns 1, and lists what is missing, while anything is untranslated."""
    missing = 0
    for language in all_languages():
        for path, content in compiled(language).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for text in untranslated(language) if language != "en" else ():
            missing += 1
            print(f"{language}: untranslated: {text}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
