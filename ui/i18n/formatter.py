"""The screen's formatter: adds the daemon's plain sentences to the shared one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sproutcast_pi.messages.areas.text import VERBATIM
from sproutcast_pi.messages.formatter import Formatter, LocalePreferences, load_zone, parse_timestamp
from sproutcast_pi.messages.message import Message
from sproutcast_pi.messages.rows import row_message
from ui.i18n.message_translation import load_translator

__all__ = ["LocalePreferences", "ScreenFormatter", "load_zone", "parse_timestamp"]

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
"""An ISO timestamp within a sentence of the daemon."""


class ScreenFormatter(Formatter):
    """Renders texts, messages and values, and translates sentences of the daemon that have no code yet."""

    def __init__(self, preferences: LocalePreferences | None = None) -> None:
        super().__init__(preferences)
        self._sentences = load_translator(self.preferences.language)

    def message(self, message: Message, now: datetime | None = None) -> str:
        """Return a message in the reader's language."""
        if message.code == VERBATIM.code:
            return self.sentence(str(message.values["text"]), now)
        return super().message(message, now)

    def row_text(self, row: Mapping[str, Any], column: str, now: datetime | None = None) -> str:
        """Return a text column of a row in the reader's language."""
        if row_message(row, column) is None:
            return self.sentence(str(row.get(column) or ""), now)
        return super().row_text(row, column, now)

    def sentence(self, text: str, now: datetime | None = None) -> str:
        """Translate sentences of the daemon or the machine; timestamps in them become local times."""

        def localise(found: re.Match[str]) -> str:
            at = parse_timestamp(found[0])
            return found[0] if at is None else self.moment(at, now or at)

        return TIMESTAMP.sub(localise, self._sentences(text))

    def can_translate(self, text: str) -> bool:
        """Whether a text of the daemon can be translated."""
        return self.preferences.language == "en" or self._sentences.can_translate(text)
