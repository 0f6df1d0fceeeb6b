"""A message in a row: English text in its public column, code and values in `code` and `data`."""

from __future__ import annotations

from typing import Any

import msgspec

from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message


def message_columns(**texts: str | Message | None) -> dict[str, Any]:
    """Return the columns for texts by column name, the main one first: its code goes into `code`."""
    coded = {name: text for name, text in texts.items() if isinstance(text, Message)}
    main = next(iter(texts.values()), None)
    return {
        **{name: None if text is None else english(text) for name, text in texts.items()},
        "code": main.code if isinstance(main, Message) else None,
        "data": msgspec.json.encode(coded).decode() if coded else None,
    }
