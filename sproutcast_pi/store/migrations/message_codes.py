"""Version 6 to 7: messages are codes with values beside their English text; the next photograph's time is a column."""

from __future__ import annotations

import apsw

TABLES = ("notification", "health", "software", "capture", "profile")


def add_message_codes(connection: apsw.Connection) -> None:
    """Add the columns."""
    for table in TABLES:
        connection.execute(f'ALTER TABLE "{table}" ADD COLUMN "code" TEXT')
        connection.execute(f'ALTER TABLE "{table}" ADD COLUMN "data" TEXT')
    connection.execute('ALTER TABLE "analysis_result" ADD COLUMN "data" TEXT')
    connection.execute('ALTER TABLE "health" ADD COLUMN "due_at" TEXT')
