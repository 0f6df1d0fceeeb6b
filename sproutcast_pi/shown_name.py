"""Text form of file names, which are bytes: what is no UTF-8, and what would break a line, is written as an escape."""

from __future__ import annotations

import os
import re
from pathlib import PurePath

_BREAKS_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What a terminal obeys instead of showing: controls, line ends, marks of direction."""


def shown_name(name: str | PurePath) -> str:
    r"""`name` as it can be printed, encoded as UTF-8 and told from others: `Kr\xe4uter.jpg`, `two\nlines.jpg`."""
    try:
        raw = os.fsencode(name)
    except UnicodeEncodeError:  # a lone surrogate that no file system gave
        raw = str(name).encode("utf-8", "backslashreplace")
    text = raw.decode("utf-8", "backslashreplace")
    return _BREAKS_TEXT.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
