"""A copy of the database a day, beside it, for when the card spoils the original."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

from sproutcast_pi.discard_file import discard
from sproutcast_pi.errors import StoreError
from sproutcast_pi.messages.areas import backups
from sproutcast_pi.store.backup import room_needed, save_backup

INTERVAL = timedelta(days=1)
KEEP_COUNT = 3
NAMES = "????-??-??.tar"
SPARED_BYTES = 100_000_000
"""What stays free whatever is copied: the lamp's file, the log and the next photographs go before copies."""


def save_daily_backup(database: Path, folder: Path, now: datetime) -> Path | None:
    """Save the database, without pictures, when the newest copy in `folder` is a day old, and remove all but three.

    Returns the new copy, None when it is not yet time. A copy from the future (the clock was wrong) counts neither as
    today's nor among the three that stay, but goes only once three right ones are there. What a power cut left of a
    copy that was being made goes, too. Where the room is short the oldest copies give way, all but one. Raises
    StoreError before anything is written when there is no room even so.
    """
    discard(*folder.glob(f"{NAMES}*.part"))
    today = now.date()
    if any(today - INTERVAL < day <= today for day in _days(folder)):
        return None
    _make_room(database, folder, today)
    target = folder / f"{today.isoformat()}.tar"
    save_backup(database, None, target, now)
    for day in _in_order(folder, today)[:-KEEP_COUNT]:
        discard(folder / f"{day.isoformat()}.tar")
    return target


def _days(folder: Path) -> list[date]:
    days = []
    for path in folder.glob(NAMES):
        try:
            days.append(date.fromisoformat(path.stem))
        except ValueError:
            continue
    return days


def _in_order(folder: Path, today: date) -> list[date]:
    """Days of the copies, those that go first in front: the future's, then the oldest."""
    return sorted(_days(folder), key=lambda day: (day <= today, day))


def _make_room(database: Path, folder: Path, today: date) -> None:
    needed = room_needed(database) + SPARED_BYTES
    place = folder if folder.exists() else database.parent
    for day in _in_order(folder, today)[:-1]:
        if shutil.disk_usage(place).free >= needed:
            return
        discard(folder / f"{day.isoformat()}.tar")
    if shutil.disk_usage(place).free < needed:
        raise StoreError(backups.NO_ROOM_DAILY(folder=str(place), needed=needed))
