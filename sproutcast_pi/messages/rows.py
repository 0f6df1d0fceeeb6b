"""Messages in rows: the column `data` holds code and values beside the English text in a column of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from sproutcast_pi.messages.message import Message


def row_message(row: Mapping[str, Any], column: str) -> Message | None:
    """Return the message of a row's text column; None where it is a text only, or can't be read."""
    found: Message | None = _convert(row, column, Message | None, None)
    return found


def row_messages(row: Mapping[str, Any], column: str) -> dict[str, Message]:
    """Return the messages of a row's column that holds several by name, such as `left_out`."""
    found: dict[str, Message] = _convert(row, column, dict[str, Message], {})
    return found


def row_message_list(row: Mapping[str, Any], column: str) -> tuple[Message, ...]:
    """Return the messages of a row's column that holds a list, such as `quality_reasons`."""
    found: tuple[Message, ...] = _convert(row, column, tuple[Message, ...], ())
    return found


def _convert(row: Mapping[str, Any], column: str, kind: Any, otherwise: Any) -> Any:
    data = row.get("data")
    try:
        return msgspec.convert(msgspec.json.decode(data)[column], kind) if data else otherwise
    except (msgspec.MsgspecError, KeyError, TypeError):
        return otherwise
