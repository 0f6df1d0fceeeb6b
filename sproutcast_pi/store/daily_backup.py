"""A copy of the database a day, beside it, for when the card spoils the original."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sproutcast_pi.store.backup import save_backup

INTERVAL = timedelta(days=1)
KEEP_COUNT = 3


def save_daily_backup(database: Path, folder: Path, now: datetime) -> Path | None:
    """Save the database, without pictures, when the newest copy in `folder` is a day old, and remove all but three.

    Returns the new copy, None when it is not yet time. A copy from the future (the clock was wrong) does not count.
    What a power cut left of a copy that was being made goes, too. Raises StoreError.
    """
    for debris in folder.glob("????-??-??.tar*.part"):
        debris.unlink(missing_ok=True)
    names = sorted(path.name for path in folder.glob("????-??-??.tar"))
    today, yesterday = now.date().isoformat(), (now - INTERVAL).date().isoformat()
    if any(yesterday < Path(name).stem <= today for name in names):
        return None
    target = folder / f"{today}.tar"
    save_backup(database, None, target, now)
    for name in sorted(path.name for path in folder.glob("????-??-??.tar"))[:-KEEP_COUNT]:
        (folder / name).unlink(missing_ok=True)
    return target
