"""Rules of msgspec that a value breaks, as messages: the library reports each as an English text only."""

from __future__ import annotations

import re
from functools import reduce

import msgspec

from sproutcast_pi.messages.areas import rules
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message, Template, Value

MAX_TEXT = 300
"""Characters that are kept of what an argument or a rule quotes."""
_PLACE = " - at `$"
_GIVEN = r"(?:, got (?P<given>.+))?"
_TYPE = r"expected (?P<type>\w+)"
_RULES: tuple[tuple[str, Template, Template], ...] = (
    (_TYPE + r" of (?:length >=|at least length) (?P<low>\d+)" + _GIVEN, rules.AT_LEAST_LONG, rules.AT_LEAST_LONG_NOT),
    (_TYPE + r" of (?:length <=|at most length) (?P<high>\d+)" + _GIVEN, rules.AT_MOST_LONG, rules.AT_MOST_LONG_NOT),
    (_TYPE + r" of length (?P<low>\d+) to (?P<high>\d+)" + _GIVEN, rules.LENGTH_IN, rules.LENGTH_IN_NOT),
    (_TYPE + r" of length (?P<low>\d+)" + _GIVEN, rules.LENGTH, rules.LENGTH_NOT),
    (_TYPE + r" (?P<sign>[<>]=?) (?P<limit>\S+)", rules.BOUND, rules.BOUND),
    (_TYPE + r" that's a multiple of (?P<limit>\d+)", rules.MULTIPLE, rules.MULTIPLE),
    (_TYPE + r" matching regex (?P<pattern>.+)", rules.PATTERN, rules.PATTERN),
    (r"expected (?P<wanted>[\w |]+?)" + _GIVEN, rules.WRONG_TYPE, rules.OTHER_TYPE),
    (r"object missing required field (?P<name>.+)", rules.FIELD_MISSING, rules.FIELD_MISSING),
    (r"object contains unknown field (?P<name>.+)", rules.FIELD_UNKNOWN, rules.FIELD_UNKNOWN),
    (r"invalid (?:enum )?value (?P<value>.+)", rules.NO_CHOICE, rules.NO_CHOICE),
    (r"(?:integer value|number) out of range", rules.OUT_OF_RANGE, rules.OUT_OF_RANGE),
)
"""What it writes, without quotation marks; the message of each, and with what was given instead."""


def split_fault(fault: msgspec.ValidationError | str) -> tuple[Message, str]:
    """Return the rule and the place within the value, such as `[0].name`; `` where it is the value itself."""
    rule, _, place = str(fault).partition(_PLACE)
    return _rule(f"{rule[:1].lower()}{rule[1:]}".replace("`", "")), place.rstrip("`")


def rule_message(fault: msgspec.ValidationError | str) -> Message:
    """Return the broken rule, with its place where that is within the value."""
    rule, place = split_fault(fault)
    return rules.AT(rule=rule, place=f"${place}") if place else rule


def _rule(text: str) -> Message:
    for pattern, template, with_given in _RULES:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            values = {name: _value(name, value) for name, value in found.groupdict().items() if value is not None}
            return (with_given if "given" in values else template)(**values)
    return verbatim(text[:MAX_TEXT])


def _value(name: str, value: str) -> Value:
    return _types(value) if name in {"type", "wanted", "given"} else value[:MAX_TEXT]


def _types(text: str) -> Message:
    """Alternatives such as `int | null` as a phrase."""
    parts = [rules.TYPES[part]() if part in rules.TYPES else verbatim(part) for part in text.split(" | ")]
    return reduce(lambda first, second: rules.EITHER(first=first, second=second), parts)
