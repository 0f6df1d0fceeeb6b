"""CSV (RFC 4180) that distinguishes an absent value from an empty text: the one is nothing, the other is "".

A spreadsheet runs a text that begins with = + - or @ as a formula, and whoever may name a plant could write one. Such a
text gets a ' in front, which spreadsheets take for "this is text"; reading takes it off again. So does one behind a
semicolon, tab, bar or line break within the text: many spreadsheets, set to another language, begin a new cell there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import backups

_FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n?\Z)')

_CELL = r"(?:\A|(?<=[;|\t\r\n]))"
_RUNS = r"""(?=['" ]*[=+\-@\t\r])"""
_FORMULA = re.compile(_CELL + _RUNS)
"""Where a formula would begin. Those that have a ' already get another, so that reading is the exact inverse."""
_GUARDED = re.compile(_CELL + "'" + _RUNS)
MAX_RECORD_CHARS = 4_000_000
"""Of one row: a " that is never closed must not take the rest of the file into memory."""


class CsvError(SproutcastError, ValueError):
    """A text that is no CSV."""


def write_row(values: Iterable[Any]) -> str:
    """Return one line, with its end."""
    return ",".join(map(_field, values)) + "\r\n"


def read_rows(file: TextIO) -> Iterator[list[str | None]]:
    """Yield each line's fields, None where there is nothing; the file was opened with `newline=""`.

    Raises CsvError, with the line, when it is no CSV.
    """
    parts: list[str] = []
    began, size, quotes = 1, 0, 0
    for line, text in enumerate(file, 1):
        parts.append(text)
        size += len(text)
        quotes += text.count('"')
        if quotes % 2 == 0:
            yield _fields("".join(parts), began)
            parts, began, size, quotes = [], line + 1, 0, 0
        elif size > MAX_RECORD_CHARS:
            break
    if parts:
        raise CsvError(backups.OPEN_QUOTE(line=began))


def _fields(record: str, line: int) -> list[str | None]:
    fields: list[str | None] = []
    place = 0
    while True:
        found = _FIELD.match(record, place)
        if found is None:
            raise CsvError(backups.NO_FIELD(line=line, field=len(fields) + 1, value=repr(record[place : place + 20])))
        inner, plain, end = found.groups()
        text = plain or None if inner is None else inner.replace('""', '"')
        fields.append(None if text is None else _GUARDED.sub("", text))
        if end != ",":
            return fields
        place = found.end()


def _field(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(value)
    text = _FORMULA.sub("'", value)
    if not text or any(sign in text for sign in ',;"\t\r\n') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text
