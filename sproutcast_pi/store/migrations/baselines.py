"""From version 5 to 6: a result says what was usual for its plant, for metrics that are judged against the plant."""

from __future__ import annotations

import apsw


def add_baselines(connection: apsw.Connection) -> None:
    """Add the column; of older results it isn't known."""
    connection.execute('ALTER TABLE "analysis_result" ADD COLUMN "baseline" TEXT NOT NULL DEFAULT \'{}\'')
