"""Read a gettext catalogue (`.po`) as it lies in the repository: nothing to compile, nothing to forget."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "locale"
LINE = re.compile(r'^(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d+)\])?\s+)?("(?:[^"\\]|\\.)*")$')

Entry = dict[str, str]


def read(text: str) -> list[Entry]:
    """Split a `.po` text into entries; keys are msgid, msgid_plural, msgstr, msgstr0, msgstr1, ... and fuzzy."""
    entries: list[Entry] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        entry: Entry = {}
        field = ""
        for line in block.splitlines():
            if line.startswith("#,") and "fuzzy" in line:
                entry["fuzzy"] = "yes"
            found = LINE.match(line.strip())
            if found is None:
                continue
            if found[1]:
                field = found[1] + (found[2] or "")
            entry[field] = entry.get(field, "") + ast.literal_eval(found[3])
        if "msgid" in entry:
            entries.append(entry)
    return entries


class Catalogue:
    """The texts of one language; what is missing is said in English."""

    def __init__(self, language: str, entries: list[Entry]) -> None:
        self.language = language
        self._texts = {e["msgid"]: e["msgstr"] for e in entries if e.get("msgstr") and "fuzzy" not in e and e["msgid"]}
        self._plurals = {
            e["msgid"]: [e[f"msgstr{i}"] for i in range(8) if e.get(f"msgstr{i}")]
            for e in entries
            if "msgid_plural" in e and "fuzzy" not in e
        }
        header = next((e.get("msgstr", "") for e in entries if e["msgid"] == ""), "")
        rule = re.search(r"plural=([^;\n]+)", header)
        # The rule language is C; the standard library compiles it and refuses anything else.
        self._form = gettext.c2py(rule[1] if rule else "n != 1")

    def text(self, msgid: str) -> str:
        """Return the text in this language."""
        return self._texts.get(msgid, msgid)

    def plural(self, one: str, many: str, n: int) -> str:
        """Return the form for `n`."""
        forms = self._plurals.get(one)
        if not forms:
            return one if n == 1 else many
        return forms[min(int(self._form(n)), len(forms) - 1)]


def languages() -> list[str]:
    """Return the languages there is a catalogue for, English first."""
    found = sorted(path.parent.name for path in FOLDER.glob("*/sproutcast.po"))
    return ["en", *(name for name in found if name != "en")]


def load(language: str) -> Catalogue:
    """Load a language's texts; one without a catalogue is English."""
    return Catalogue(language, read_file(language, "sproutcast"))


def read_file(language: str, name: str) -> list[Entry]:
    """Return the entries of a language's catalogue, none where there is none."""
    path = FOLDER / language / f"{name}.po"
    return read(path.read_text(encoding="utf-8")) if path.exists() else []
