"""Values from outside, made fit to be kept: trimmed text, finite numbers, bounded size."""

from __future__ import annotations

import math
import re
import string
import unicodedata
from typing import Any

from sproutcast_pi.errors import RefusedError

MAX_DEPTH = 12
"""Far deeper than any argument we take; a thousand nested lists would otherwise exhaust the stack."""
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
            raise RefusedError(f"{field}: {value} is not a number we can keep; give a finite one", field=field)
    elif isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise RefusedError(
                f"{field}: a number of {value.bit_length()} bits is too large; at most 63 are kept", field=field
            )
    elif isinstance(value, str):
        if any(unicodedata.category(sign) == "Cs" for sign in value):
            raise RefusedError(f"{field} holds half a character, which no text may", field=field)
    elif isinstance(value, dict | list | tuple):
        _check_container(field, value, depth)
    elif value is not None and not isinstance(value, bytes):
        raise RefusedError(f"{field}: {type(value).__name__} is not a JSON value", field=field)


def _check_container(field: str, value: dict[Any, Any] | list[Any] | tuple[Any, ...], depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise RefusedError(f"{field} is nested deeper than {MAX_DEPTH} levels", field=field)
    if len(value) > MAX_ITEMS:
        raise RefusedError(f"{field} has {len(value)} items, more than {MAX_ITEMS}", field=field)
    for item in value:
        _check(field, item, depth + 1)
        if isinstance(value, dict):
            _check(field, value[item], depth + 1)


def _check_text(field: str, text: str, *, multiline: bool) -> None:
    allowed = "\n\t\r" if multiline else ""
    for place, sign in enumerate(text):
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in allowed:
            raise RefusedError(
                f"{field}: character {place + 1} (U+{ord(sign):04X}) is a control character, which no text may hold",
                field=field,
            )
