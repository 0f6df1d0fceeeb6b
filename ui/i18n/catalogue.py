"""Read a gettext catalogue (`.po`) as it lies in the repository: nothing to compile, nothing to forget."""

from __future__ import annotations

import ast
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


def read_file(language: str, name: str) -> list[Entry]:
    """Return the entries of a language's catalogue, none where there is none."""
    path = FOLDER / language / f"{name}.po"
    return read(path.read_text(encoding="utf-8")) if path.exists() else []
