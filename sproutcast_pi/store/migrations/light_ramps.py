"""Version 3 to 4: the lamp may take its time to a level a person chose; the row that says the state of an update."""

from __future__ import annotations

import apsw

SOFTWARE = """
CREATE TABLE IF NOT EXISTS "software" ("id" INTEGER PRIMARY KEY NOT NULL, "version" TEXT NOT NULL, "slot" TEXT,
    "state" TEXT NOT NULL, "available_version" TEXT, "notes" TEXT, "source" TEXT, "progress" REAL,
    "message" TEXT NOT NULL, "checked_at" TEXT, "updated_at" TEXT NOT NULL) STRICT
"""


def add_light_ramps(connection: apsw.Connection) -> None:
    """Add them; the lamp is on its way nowhere."""
    for column, kind in (("ramp_from_level", "REAL"), ("ramp_from_at", "TEXT"), ("ramp_to_at", "TEXT")):
        connection.execute(f'ALTER TABLE "light" ADD COLUMN "{column}" {kind}')
    connection.execute(SOFTWARE)
