"""TOML syntax errors in words: the parser's own reason with line and column, and what to write instead.

No value is ever repeated: what is at fault may be a password whose quotation mark is missing.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import msgspec

GENERAL = 'a line is key = value, texts stand between "quotation marks", sections in [brackets]'
TRUTH_WORDS = frozenset({"yes", "no", "on", "off", "true", "false"})
CURLY_MARKS = "\u201c\u201d\u201e\u2018\u2019\xab\xbb"
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_LONG_NUMBER = re.compile(r"\d{1000}")


class TomlSyntaxError(ValueError):
    """A text that is not TOML; `fault` says where and why."""

    def __init__(self, fault: SyntaxFault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


class SyntaxFault(msgspec.Struct, frozen=True, kw_only=True):
    """Where a text stops being TOML, and why."""

    line: int
    key: str
    """The option or section of that line, "this line" when there is none."""
    reason: str


def parse_toml(text: str) -> dict[str, Any]:
    """Content of a TOML text. Raises TomlSyntaxError, whatever the text."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise TomlSyntaxError(_fault(text, 1, "brackets are nested too deeply")) from None
    except ValueError as error:
        raise TomlSyntaxError(_explain(text, str(error))) from None


def _explain(text: str, message: str) -> SyntaxFault:
    if not (position := _POSITION.search(message)):
        # The parser leaves numbers to int(), whose refusal of thousands of digits names no place.
        long = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, long.start()) + 1 if long else 1
        return _fault(text, line, "a number has too many digits" if long else "a value can't be read")
    reason = message[: position.start()].strip()
    line = int(position[1]) if position[1] else max(1, text.count("\n"))
    column = int(position[2]) if position[2] else 0
    where = f" (column {column})" if column else " (end of file)"
    return _fault(text, line, f"{reason}{where}; {_hint(reason, _line(text, line), column)}")


def _fault(text: str, line: int, reason: str) -> SyntaxFault:
    content = _line(text, line)
    key = re.match(r"\s*([\w.-]+)\s*=", content) or re.match(r"\s*(\[\[?[\w.\s-]+\]\]?)", content)
    return SyntaxFault(line=line, key=key[1] if key else "this line", reason=f"is not valid TOML: {reason}.")


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1] if number <= len(lines) else ""


def _hint(reason: str, line: str, column: int) -> str:
    """What to write instead, by the parser's reason and the kind of thing at the place."""
    value = line.partition("=")[2].strip()
    rest = line[column - 1 :].lstrip() if column else ""
    word = re.match(r"[A-Za-z]+", value)
    hints = (
        ("overwrite" in reason, "the same option is set twice; keep one of the two lines"),
        (
            "twice" in reason or "immutable" in reason,
            "the same section begins twice; put its lines together below one heading",
        ),
        (
            "\\" in value and bool(re.search("escape|hex value|unicode|invalid character", reason, re.IGNORECASE)),
            r"write a backslash between double quotation marks twice (\\), or use 'single quotation marks'",
        ),
        (rest.startswith(",") and bool(re.match(r"[+-]?\d+,\d", value)), "decimals have a point, such as 0.8"),
        (
            word is not None and word[0].lower() in TRUTH_WORDS,
            "write true or false, in small letters and without quotation marks",
        ),
        (
            "Illegal character" in reason or "nterminated" in reason,
            "a text ends with the quotation mark it begins with, on the same line",
        ),
        (
            word is not None or (value[:1] in CURLY_MARKS and bool(value)),
            'texts stand between straight "quotation marks"',
        ),
    )
    return next((hint for applies, hint in hints if applies), GENERAL)
