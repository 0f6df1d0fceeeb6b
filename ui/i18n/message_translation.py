"""The daemon's own sentences in the owner's language: each is matched with its form in a catalogue, values kept.

For sentences that have no code yet: those in `daemon.po` are translated, anything else is shown as it came.
"""

from __future__ import annotations

import re

from ui.i18n.catalogue import Entry, read_file

PLACEHOLDER = re.compile(r"\\\{(\w+)\\\}")
"""A {named} value in an escaped text."""
SENTENCE_BREAK = re.compile(r"(?<=[.!?;:]) (?=[A-Z\"/])")
"""Where a text of several sentences may be cut."""


class MessageTranslator:
    """Translates sentences by their forms."""

    def __init__(self, entries: list[Entry]) -> None:
        forms = [(e["msgid"], e["msgstr"]) for e in entries if e.get("msgid") and e.get("msgstr")]
        self._plain = dict(forms)
        # The form with the most letters of its own fits best.
        with_values = sorted((f for f in forms if "{" in f[0]), key=lambda f: -len(re.sub(r"\{\w+\}", "", f[0])))
        self._forms = [(_pattern(said), told) for said, told in with_values]

    def __call__(self, text: str) -> str:
        """Return the text with every sentence that is known translated."""
        whole = self._translate_one(text)
        if whole is not None:
            return whole
        parts = SENTENCE_BREAK.split(text)
        return " ".join(self._translate_one(part) or part for part in parts) if len(parts) > 1 else text

    def can_translate(self, text: str) -> bool:
        """Whether every sentence of a text is translated."""
        return self._translate_one(text) is not None or all(
            self._translate_one(part) is not None for part in SENTENCE_BREAK.split(text)
        )

    def _translate_one(self, text: str) -> str | None:
        if text in self._plain:
            return self._plain[text]
        for pattern, told in self._forms:
            found = pattern.fullmatch(text)
            if found:
                return told.format(**{name: self(value) for name, value in found.groupdict().items()})
        return None


def _pattern(said: str) -> re.Pattern[str]:
    return re.compile(PLACEHOLDER.sub(r"(?P<\1>.+?)", re.escape(said)), re.DOTALL)


def load_translator(language: str) -> MessageTranslator:
    """Load what a language knows of the daemon's sentences."""
    return MessageTranslator(read_file(language, "daemon"))
