"""Turns the English sentences that rows held before version 7 into messages, where they are ones the program wrote."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache

from sproutcast_pi.messages.areas.text import sentences, verbatim
from sproutcast_pi.messages.catalogue import TEMPLATES
from sproutcast_pi.messages.message import Message, Plural, Value, fields
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.store.migrations.old_sentences import FORMS

_SENTENCE_BREAK = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_AGO = re.compile(r"(less than an|an|\d+) (hour|day|week)s? ago")
_DURATIONS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_NESTED = frozenset({"reason", "remedy", "detail"})


def message_of(text: str, at: datetime) -> Message | None:
    """Return the message of a text written at `at`; None where none of it is known."""
    whole = _match(text, at)
    if whole is not None:
        return whole
    parts = _SENTENCE_BREAK.split(text)
    found = [_match(part, at) for part in parts]
    if not any(found):
        return None
    return sentences(*(known or verbatim(part) for part, known in zip(parts, found, strict=True)))


def _match(text: str, at: datetime) -> Message | None:
    for pattern, code in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return _message(code, {name: _value(name, value, at) for name, value in found.groupdict().items()})
    return None


def _message(code: str, values: dict[str, Value]) -> Message:
    template = TEMPLATES[code]
    if isinstance(template, Plural):
        values.setdefault(template.count, 1 if code in _SINGULAR else _MANY)
    return template(**values)


_SINGULAR = frozenset({"captures.plants_found"})
"""What was said of one alone had a sentence without the number."""
_MANY = 2
"""A title in the plural did not say how many."""


def _value(name: str, text: str, at: datetime) -> Value:
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if name == "at":
        return _moment(text, at)
    if name in _NESTED:
        return message_of(text, at) or verbatim(text)
    return text


def _moment(text: str, at: datetime) -> str:
    """The moment of "4 hours ago", counted from when that was written; a moment stays as it is."""
    found = _AGO.fullmatch(text)
    if found is None:
        return text
    count = int(found[1]) if found[1].isdigit() else 1
    return to_text(at - count * _DURATIONS[found[2]])


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The forms, those with the most words of their own first."""
    forms = sorted(FORMS, key=lambda form: -len(re.sub(r"{\w+}", "", form[0])))
    return tuple((_pattern(text), code) for text, code in forms)


def _pattern(text: str) -> re.Pattern[str]:
    escaped = re.escape(text)
    for name in fields(text):
        escaped = escaped.replace(re.escape(f"{{{name}}}"), f"(?P<{name}>.*?)")
    return re.compile(escaped, re.DOTALL)
