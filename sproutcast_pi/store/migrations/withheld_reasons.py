"""From version 4 to 5: a result says why a metric is withheld and where its centimetres come from; pots are marked."""

from __future__ import annotations

import apsw


def add_withheld_reasons(connection: apsw.Connection) -> None:
    """Add the columns; of older results nobody knows, and no pot is marked."""
    connection.execute('ALTER TABLE "analysis_result" ADD COLUMN "scale" TEXT')
    connection.execute('ALTER TABLE "plant" ADD COLUMN "pot_region" TEXT')
    connection.execute('ALTER TABLE "analysis_result" ADD COLUMN "left_out" TEXT NOT NULL DEFAULT \'{}\'')
