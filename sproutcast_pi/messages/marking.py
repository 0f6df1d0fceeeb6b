"""Marker of translatable texts."""

from __future__ import annotations


def _(msgid: str) -> str:
    """Mark a text for extraction; it is translated where it is rendered."""
    return msgid
