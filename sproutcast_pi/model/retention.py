"""Which photographs go when there are too many: the oldest first, and never more than needed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec


class StoredPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A photograph on disk."""

    capture_id: int
    at: datetime
    size: int
    """Bytes of photograph, thumbnail and overlay together."""


class RetentionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may be kept."""

    keep_days: float
    max_bytes: int
    free_floor_bytes: int


def photos_to_remove(
    pictures: Sequence[StoredPhoto], now: datetime, free_bytes: int, limits: RetentionLimits
) -> tuple[int, ...]:
    """Ids of the captures whose files go, oldest first.

    A photograph goes when it is older than `keep_days`, while all together are larger than `max_bytes`, or while less
    than `free_floor_bytes` of the disk are free. A picture from the future (the clock was wrong then) counts as new.
    """
    oldest_kept = now - timedelta(days=limits.keep_days)
    total = sum(picture.size for picture in pictures)
    free = free_bytes
    removed = []
    for picture in sorted(pictures, key=lambda one: (one.at, one.capture_id)):
        if picture.at >= oldest_kept and total <= limits.max_bytes and free >= limits.free_floor_bytes:
            break
        removed.append(picture.capture_id)
        total -= picture.size
        free += picture.size
    return tuple(removed)
