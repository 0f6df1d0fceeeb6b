"""Health messages and lamp of a faulty guest, in the store and on the display."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from pathlib import Path

from check import Check
from guest import Guest
from screen_checks import COLOURS, turn_page, wait_until_drawn

from sproutcast_pi.model.light_plan import planned_level
from sproutcast_pi.model.light_schedule import LightSchedule

HEALTH = "timeout 60 sproutcast watch --json 'SELECT * FROM health' | head -n 1"
STATUS = (
    "systemctl is-active -q sproutcast && systemctl show -p StatusText --value sproutcast | grep lamp | grep -v capture"
)
"""Captures override the scheduled level."""
LAMP_SLACK = 0.04
"""Tolerance: change of a half-hour ramp between readings of two clocks."""
PATIENCE_S = 600.0
HOME, ALERTS = (44 / 800, 55 / 480), (44 / 800, 150 / 480)
"""Where the panel's ways to these pages are."""


class HealthMessages:
    """Health messages of a guest compared with the expected ones."""

    def __init__(self, guest: Guest, check: Check, pictures: Path) -> None:
        self.guest = guest
        self._check = check
        self._pictures = pictures

    def expect_lamp(self, name: str, at: datetime | None = None) -> None:
        """Expect the scheduled lamp level at `at`, or now."""
        status = self.guest.wait_until(STATUS, PATIENCE_S).out
        at = at or datetime.fromisoformat(self.guest.sh("date --iso-8601=seconds").out)
        planned = planned_level(LightSchedule(zone="UTC"), at)
        found = re.search(r"lamp (\d+)%", status)
        held = found is not None and abs(int(found[1]) / 100 - planned) <= LAMP_SLACK
        self._check.that(f"{name}_lamp", held, f"{status}, planned {planned:.0%}")

    def expect_message(self, name: str, part: str, *words: str) -> None:
        """Expect a message about this part that contains the words."""
        end = time.monotonic() + PATIENCE_S
        message = ""
        while not (message and all(word in message for word in words)) and time.monotonic() < end:
            message = self.health().get(part, "")
        self._check.that(f"{name}_shown", bool(message) and all(word in message for word in words), message)

    def health(self) -> dict[str, str]:
        """Message and advice of each faulty part."""
        line = self.guest.sh(HEALTH, 120).out
        rows = json.loads(line)["rows"] if line else []
        return {
            row["part"]: f"{row['message']} {row['advice'] or ''}" for row in rows if row["state"] in {"warn", "bad"}
        }

    def capture_first_page(self, name: str) -> None:
        """Save a screenshot of the first page after a start."""
        wait_until_drawn(self.guest, self._pictures / f"{name}.png")

    def capture_page(self, name: str, place: tuple[float, float]) -> None:
        """Tap a point of the panel and save a screenshot of the page it opens."""
        colours = turn_page(self.guest, place, self._pictures / f"{name}.png")
        self._check.that(f"{name}_drawn", colours >= COLOURS, f"{colours} colours")
