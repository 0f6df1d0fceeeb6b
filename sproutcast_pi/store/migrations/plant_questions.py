"""Version 5 to 6: alerts show the present value and ask the owner; results say whether the plant was seen at all."""

from __future__ import annotations

import apsw

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("analysis_result", "presence", "TEXT"),
    ("analysis_result", "uncertain_reason", "TEXT"),
    ("alert", "unknown_since_at", "TEXT"),
    ("alert", "unknown_streak", "INTEGER NOT NULL DEFAULT 0"),
    ("notification", "value_now", "REAL"),
    ("notification", "measured_at", "TEXT"),
    ("notification", "care_kind", "TEXT"),
    ("notification", "care_at", "TEXT"),
    ("notification", "question", "TEXT"),
    ("notification", "answer", "TEXT"),
    ("notification", "answered_at", "TEXT"),
)
"""(table, column, declaration); older rows have no question, and nobody recorded whether their plant was seen."""


def add_plant_questions(connection: apsw.Connection) -> None:
    """Add the columns."""
    for table, column, kind in COLUMNS:
        connection.execute(f'ALTER TABLE "{table}" ADD COLUMN "{column}" {kind}')
