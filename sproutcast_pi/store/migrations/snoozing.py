"""Version 2 to 3: a notification can be put off."""

from __future__ import annotations

import apsw


def add_snoozing(connection: apsw.Connection) -> None:
    """Give notifications the moment until which they are put off."""
    connection.execute('ALTER TABLE "notification" ADD COLUMN "snoozed_until_at" TEXT')
