"""TOML syntax errors in words: the parser's own reason with line and column, and what to write instead.

No value is ever repeated: what is at fault may be a password whose quotation mark is missing.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import msgspec

from sproutcast_pi.messages.areas import toml_syntax
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message, Template

TRUTH_WORDS = frozenset({"yes", "no", "on", "off", "true", "false"})
CURLY_MARKS = "\u201c\u201d\u201e\u2018\u2019\xab\xbb"
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_LONG_NUMBER = re.compile(r"\d{1000}")


class TomlSyntaxError(ValueError):
    """A text that is not TOML; `fault` says where and why."""

    def __init__(self, fault: SyntaxFault) -> None:
        super().__init__(english(fault.reason))
        self.fault = fault


class SyntaxFault(msgspec.Struct, frozen=True, kw_only=True):
    """Where a text stops being TOML, and why."""

    line: int
    key: str | Message
    """The option or section of that line, "this line" when there is none."""
    reason: Message


def parse_toml(text: str) -> dict[str, Any]:
    """Content of a TOML text. Raises TomlSyntaxError, whatever the text."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise TomlSyntaxError(_fault(text, 1, toml_syntax.TOO_DEEP())) from None
    except ValueError as error:
        raise TomlSyntaxError(_explain(text, str(error))) from None


def _explain(text: str, message: str) -> SyntaxFault:
    if not (position := _POSITION.search(message)):
        # The parser leaves numbers to int(), whose refusal of thousands of digits names no place.
        long = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, long.start()) + 1 if long else 1
        return _fault(text, line, toml_syntax.TOO_MANY_DIGITS() if long else toml_syntax.UNREADABLE())
    reason = message[: position.start()].strip()
    line = int(position[1]) if position[1] else max(1, text.count("\n"))
    column = int(position[2]) if position[2] else 0
    hint, parser_reason = _hint(reason, _line(text, line), column)(), toml_syntax.parser_reason(reason)
    if column:
        return _fault(text, line, toml_syntax.AT_COLUMN(reason=parser_reason, column=column, hint=hint))
    return _fault(text, line, toml_syntax.AT_END(reason=parser_reason, hint=hint))


def _fault(text: str, line: int, reason: Message) -> SyntaxFault:
    content = _line(text, line)
    key = re.match(r"\s*([\w.-]+)\s*=", content) or re.match(r"\s*(\[\[?[\w.\s-]+\]\]?)", content)
    return SyntaxFault(
        line=line, key=key[1] if key else toml_syntax.THIS_LINE(), reason=toml_syntax.INVALID(reason=reason)
    )


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1] if number <= len(lines) else ""


def _hint(reason: str, line: str, column: int) -> Template:
    """What to write instead, by the parser's reason and the kind of thing at the place."""
    value = line.partition("=")[2].strip()
    rest = line[column - 1 :].lstrip() if column else ""
    word = re.match(r"[A-Za-z]+", value)
    hints = (
        ("overwrite" in reason, toml_syntax.OPTION_TWICE),
        (
            "twice" in reason or "immutable" in reason,
            toml_syntax.SECTION_TWICE,
        ),
        (
            "\\" in value and bool(re.search("escape|hex value|unicode|invalid character", reason, re.IGNORECASE)),
            toml_syntax.BACKSLASH,
        ),
        (rest.startswith(",") and bool(re.match(r"[+-]?\d+,\d", value)), toml_syntax.DECIMALS),
        (
            word is not None and word[0].lower() in TRUTH_WORDS,
            toml_syntax.TRUTH,
        ),
        (
            "Illegal character" in reason or "nterminated" in reason,
            toml_syntax.QUOTE_ENDS,
        ),
        (
            word is not None or (value[:1] in CURLY_MARKS and bool(value)),
            toml_syntax.STRAIGHT_QUOTES,
        ),
    )
    return next((hint for applies, hint in hints if applies), toml_syntax.GENERAL)
