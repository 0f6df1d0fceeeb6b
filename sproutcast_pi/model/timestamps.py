"""Timestamps as text: UTC, microseconds, fixed width, so that they sort and compare as text."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(at: datetime) -> str:
    """Return `2026-11-22T03:06:09.123456Z` for an aware `at`; raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no zone; timestamps are aware")
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def from_text(text: str) -> datetime:
    """Parse a timestamp (ISO 8601) into an aware UTC datetime; text without a zone counts as UTC.

    Raises ValueError when it is not a timestamp.
    """
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
