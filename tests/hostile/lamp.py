"""The lamp held against its row by a reading of its own: nothing of the product computes what is expected here."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import apsw

TOLERANCE = 0.01
LAMP_S = 8.0
"""The light loop looks once a second, and on a busy machine later."""
PHOTO_S = 90.0
"""While a photograph is taken the lamp is held for it."""
ALWAYS_H = 24.0


class Expected(NamedTuple):
    """The levels that agree with a row: one, or within a ramp all between its ends."""

    lowest: float
    highest: float

    def holds(self, level: float) -> bool:
        """Whether the lamp is where it should be."""
        return self.lowest - TOLERANCE <= level <= self.highest + TOLERANCE


def expected_level(row: dict[str, Any], moment: datetime, zone: str) -> Expected:
    """What a row of `light` asks for at a moment."""
    if row["override_until_at"] is not None and moment < datetime.fromisoformat(row["override_until_at"]):
        level = row["override_level"]
        ramps = row["ramp_to_at"] is not None and moment < datetime.fromisoformat(row["ramp_to_at"])
        ends = (level, row["ramp_from_level"] if ramps else level)
        return Expected(min(ends), max(ends))
    level = row["level"]
    if not row["enabled"] or not row["hours"]:
        return Expected(0.0, 0.0)
    if row["hours"] >= ALWAYS_H:
        return Expected(level, level)
    today = moment.astimezone(ZoneInfo(zone)).date()
    for day in (today - timedelta(days=1), today):
        start = datetime.combine(day, time_of_day.fromisoformat(row["start"]), ZoneInfo(zone)).astimezone(UTC)
        since_h = (moment - start) / timedelta(hours=1)
        if 0 <= since_h < row["hours"]:
            ramps = since_h < row["sunrise_min"] / 60 or row["hours"] - since_h < row["sunset_min"] / 60
            return Expected(0.0 if ramps else level, level)
    return Expected(0.0, 0.0)


class Lamp:
    """Reads the row beside the daemon and compares."""

    def __init__(self, database: Path, zone: str) -> None:
        self._connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
        self._connection.set_busy_timeout(60_000)
        self._zone = zone
        self._since = time.monotonic()
        self.on_plan = 0
        """How often the lamp stood where its row asks for."""
        self.faults: list[str] = []

    def row(self) -> dict[str, Any]:
        """The light's row as it is on disk."""
        cursor = self._connection.execute("SELECT * FROM light")
        (values,) = cursor.fetchall()
        names = [str(row[1]) for row in self._connection.execute("PRAGMA table_info(light)")]
        return dict(zip(names, values, strict=True))

    def check(self, why: str) -> None:
        """Wait until the lamp is where its row asks for; nobody else may change the row meanwhile."""
        began = time.monotonic()
        while True:
            row = self.row()
            expected = expected_level(row, datetime.now(UTC), self._zone)
            if row["now_reason"] == "budget":
                # Nothing here burned longer than it ran: a limit below that may be spent, no other.
                expected = Expected(0.0, 0.0)
                if row["max_hours_per_day"] * 3600 > time.monotonic() - self._since + 60:
                    self.faults.append(f"{why}: the budget of {row['max_hours_per_day']} h can't be spent yet")
                    return
            if row["now_reason"] != "capture" and expected.holds(row["now_level"]):
                self.on_plan += 1
                return
            waited = time.monotonic() - began
            if waited > (PHOTO_S if row["now_reason"] == "capture" else LAMP_S):
                self.faults.append(f"{why}: not at {expected} after {waited:.0f} s: {row}")
                return
            time.sleep(0.05)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
