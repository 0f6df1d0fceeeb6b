"""Whether an error is a message through and through, so that a German reader meets no English."""

from __future__ import annotations

from collections.abc import Iterator

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas.text import VERBATIM
from sproutcast_pi.messages.formatter import Formatter, LocalePreferences
from sproutcast_pi.messages.message import Message

GERMAN = Formatter(LocalePreferences(language="de"))


def parts(message: Message) -> Iterator[Message]:
    """The message and every message within its values."""
    yield message
    for value in message.values.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Message):
                yield from parts(one)


def assert_german(error: SproutcastError) -> None:
    """Fail where the error, or a part of it, is a plain text, or reads in German as in English."""
    assert [part for part in parts(error.message) if part.code == VERBATIM.code] == [], str(error)
    assert GERMAN.message(error.message) != str(error)
