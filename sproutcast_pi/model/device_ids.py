"""Device ids: `spr-` and twelve hexadecimal digits, the same in topics, user names, files and rows."""

from __future__ import annotations

import re

DEVICE_ID_PATTERN = r"\Aspr-[0-9a-f]{12}\Z"
"""`\\A` and `\\Z`, for `$` also matches before a line end: an id becomes a line of the broker's access rules."""


def is_device_id(text: str) -> bool:
    """Whether `text` is a device id, whole."""
    return re.search(DEVICE_ID_PATTERN, text) is not None
