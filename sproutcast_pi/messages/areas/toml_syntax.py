"""Texts that are not TOML: the parser's reason, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message, Template

THIS_LINE = Template("toml.this_line", "this line")
INVALID = Template("toml.invalid", "is not valid TOML: {reason}.")
AT_COLUMN = Template("toml.at_column", "{reason} (column {column}); {hint}")
AT_END = Template("toml.at_end", "{reason} (end of file); {hint}")
TOO_DEEP = Template("toml.too_deep", "brackets are nested too deeply")
TOO_MANY_DIGITS = Template("toml.too_many_digits", "a number has too many digits")
UNREADABLE = Template("toml.unreadable", "a value can't be read")

# What to write instead.
GENERAL = Template(
    "toml.general", 'a line is key = value, texts stand between "quotation marks", sections in [brackets]'
)
OPTION_TWICE = Template("toml.option_twice", "the same option is set twice; keep one of the two lines")
SECTION_TWICE = Template(
    "toml.section_twice", "the same section begins twice; put its lines together below one heading"
)
BACKSLASH = Template(
    "toml.backslash",
    "write a backslash between double quotation marks twice (\\\\), or use 'single quotation marks'",
)
DECIMALS = Template("toml.decimals", "decimals have a point, such as 0.8")
TRUTH = Template("toml.truth", "write true or false, in small letters and without quotation marks")
QUOTE_ENDS = Template("toml.quote_ends", "a text ends with the quotation mark it begins with, on the same line")
STRAIGHT_QUOTES = Template("toml.straight_quotes", 'texts stand between straight "quotation marks"')

_REASONS: tuple[Template, ...] = (
    Template("toml.statement", "Invalid statement"),
    Template("toml.newline", "Expected newline or end of document after a statement"),
    Template("toml.character", "Found invalid character {what}"),
    Template("toml.declared", "Cannot declare {what} twice"),
    Template("toml.overwritten", "Cannot overwrite a value"),
    Template("toml.table_end", "Expected ']' at the end of a table declaration"),
    Template("toml.array_end", "Expected ']]' at the end of an array declaration"),
    Template("toml.immutable", "Cannot mutate immutable namespace {what}"),
    Template("toml.redefined", "Cannot redefine namespace {what}"),
    Template("toml.equals", "Expected '=' after a key in a key/value pair"),
    Template("toml.key_part", "Invalid initial character for a key part"),
    Template("toml.array", "Unclosed array"),
    Template("toml.inline_table", "Unclosed inline table"),
    Template("toml.duplicate", "Duplicate inline table key {what}"),
    Template("toml.unescaped", "Unescaped '\\' in a string"),
    Template("toml.hex", "Invalid hex value"),
    Template("toml.scalar", "Escaped character is not a Unicode scalar value"),
    Template("toml.unterminated", "Unterminated string"),
    Template("toml.illegal", "Illegal character {what}"),
    Template("toml.date", "Invalid date or datetime"),
    Template("toml.value", "Invalid value"),
    Template("toml.expected", "Expected {what}"),
)
REASONS: Mapping[str, Template] = {template.code: template for template in _REASONS}
"""The parser's own reasons by their code; the English texts are those of tomllib."""


def parser_reason(text: str) -> Message:
    """Return a reason of `tomllib` as a message."""
    for template in _REASONS:
        pattern = re.escape(template.text).replace(re.escape("{what}"), "(?P<what>.+)")
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return template(**found.groupdict())
    return verbatim(text)
