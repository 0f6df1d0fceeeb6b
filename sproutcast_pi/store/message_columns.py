"""A message in a row: English text in its public column, code and values in `code` and `data`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from sproutcast_pi.messages.areas.withheld import withheld_message
from sproutcast_pi.messages.formatter import ENGLISH, Formatter
from sproutcast_pi.messages.message import Message


def message_columns(
    *, formatter: Formatter = ENGLISH, now: datetime | None = None, **texts: str | Message | None
) -> dict[str, Any]:
    """Return the columns for texts by column name, the main one first: its code goes into `code`.

    `formatter` writes the text columns; times in them are relative to `now`, in full where it is None.
    """

    def written(text: str | Message | None) -> str | None:
        return formatter.message(text, now) if isinstance(text, Message) else text

    coded = {name: text for name, text in texts.items() if isinstance(text, Message)}
    main = next(iter(texts.values()), None)
    return {
        **{name: written(text) for name, text in texts.items()},
        "code": main.code if isinstance(main, Message) else None,
        "data": msgspec.json.encode(coded).decode() if coded else None,
    }


def withheld_columns(reasons: Mapping[str, str]) -> dict[str, Any]:
    """Return `left_out` and `data` of a result for the reasons by metric, as the measuring program wrote them."""
    coded = {metric: withheld_message(reason) for metric, reason in reasons.items()}
    return {
        "left_out": msgspec.json.encode(reasons).decode(),
        "data": msgspec.json.encode({"left_out": coded}).decode() if coded else None,
    }
