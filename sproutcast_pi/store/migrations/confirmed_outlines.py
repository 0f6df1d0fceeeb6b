"""From version 1 to 2: what a person says of a picture's outlines, and which of them taught a profile."""

from __future__ import annotations

import apsw


def add_confirmed_outlines(connection: apsw.Connection) -> None:
    """Add the two columns; nobody has said anything yet."""
    connection.execute('ALTER TABLE "capture" ADD COLUMN "outline" TEXT')
    connection.execute('ALTER TABLE "profile" ADD COLUMN "lessons" TEXT NOT NULL DEFAULT \'[]\'')
