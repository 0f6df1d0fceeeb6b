"""Values from outside, made fit to be kept: trimmed text, finite numbers, bounded size."""

from __future__ import annotations

import math
import re
import string
import unicodedata
from typing import Any

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import arguments

MAX_DEPTH = 24
"""Deeper than any argument we take, messages within messages included; a thousand nested lists would otherwise exhaust
the stack."""
MAX_INTEGER = 2**63 - 1
"""SQLite's largest integer."""
MAX_ITEMS = 20_000
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""Characters without a picture that hide, join or turn the text around them: two names that differ in nothing else look
the same everywhere (Unicode Technical Report 36, 2.5 and 2.6). The joiners U+200C and U+200D stay where they join."""
JOINERS = "\u200c\u200d"


def sanitise(field: str, value: Any, *, multiline: bool) -> Any:
    """Return `value` trimmed and normalised when it is text; raises RefusedError for what must never be kept."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value.strip() if multiline else _visible(value))
        _check_text(field, text, multiline=multiline)
        return text
    _check(field, value, depth=0)
    return value


def _visible(text: str) -> str:
    """Return a line of text without what nobody sees: invisible characters, joiners and blanks at its ends."""
    return INVISIBLE.sub("", text).strip(JOINERS + string.whitespace + "\u00a0\u3000").strip()


def _check(field: str, value: Any, depth: int) -> None:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise RefusedError(arguments.NOT_FINITE(field=field, value=str(value)), field=field)
    elif isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise RefusedError(arguments.TOO_LARGE(field=field, bits=value.bit_length()), field=field)
    elif isinstance(value, str):
        if any(unicodedata.category(sign) == "Cs" for sign in value):
            raise RefusedError(arguments.HALF_CHARACTER(field=field), field=field)
    elif isinstance(value, dict | list | tuple):
        _check_container(field, value, depth)
    elif value is not None and not isinstance(value, bytes):
        raise RefusedError(arguments.NOT_JSON(field=field, type=type(value).__name__), field=field)


def _check_container(field: str, value: dict[Any, Any] | list[Any] | tuple[Any, ...], depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise RefusedError(arguments.TOO_DEEP(field=field, limit=MAX_DEPTH), field=field)
    if len(value) > MAX_ITEMS:
        raise RefusedError(arguments.TOO_MANY_ITEMS(field=field, n=len(value), limit=MAX_ITEMS), field=field)
    for item in value:
        _check(field, item, depth + 1)
        if isinstance(value, dict):
            _check(field, value[item], depth + 1)


def _check_text(field: str, text: str, *, multiline: bool) -> None:
    allowed = "\n\t\r" if multiline else ""
    for place, sign in enumerate(text):
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in allowed:
            raise RefusedError(
                arguments.CONTROL_CHARACTER(field=field, place=place + 1, character=f"U+{ord(sign):04X}"), field=field
            )
