"""A moment as text and back: UTC, microseconds, fixed width, so moments sort and compare as text."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """Return `2026-11-22T03:06:09.123456Z` for an aware `moment`; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no zone; moments are aware")
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def from_text(text: str) -> datetime:
    """Return the aware UTC moment `text` names (ISO 8601); text without a zone counts as UTC.

    Raises ValueError when it names no moment.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
