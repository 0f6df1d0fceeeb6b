"""Whether a guest in trouble keeps its lamp and says what is wrong: in its own words, and on its panel."""

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
"""A photograph's light is not the plan's."""
LAMP_SLACK = 0.04
"""A ramp of half an hour between two looks at two clocks."""
PATIENCE_S = 600.0
HOME, ALERTS = (44 / 800, 55 / 480), (44 / 800, 150 / 480)
"""Where the panel's ways to these pages are."""


class HealthMessages:
    """What one guest says, compared with what it has to say."""

    def __init__(self, guest: Guest, check: Check, pictures: Path) -> None:
        self.guest = guest
        self._check = check
        self._pictures = pictures

    def expect_lamp(self, name: str, moment: datetime | None = None) -> None:
        """The daemon is up, and its status has the lamp where the schedule wants it at `moment`, or else now."""
        status = self.guest.wait_until(STATUS, PATIENCE_S).out
        at = moment or datetime.fromisoformat(self.guest.sh("date --iso-8601=seconds").out)
        planned = planned_level(LightSchedule(zone="UTC"), at)
        found = re.search(r"lamp (\d+)%", status)
        held = found is not None and abs(int(found[1]) / 100 - planned) <= LAMP_SLACK
        self._check.that(f"{name}_lamp", held, f"{status}, planned {planned:.0%}")

    def expect_message(self, name: str, part: str, *words: str) -> None:
        """A sentence about this part, with these words, stands where the screen reads it."""
        end = time.monotonic() + PATIENCE_S
        told = ""
        while not (told and all(word in told for word in words)) and time.monotonic() < end:
            told = self.health().get(part, "")
        self._check.that(f"{name}_told", bool(told) and all(word in told for word in words), told)

    def health(self) -> dict[str, str]:
        """What is wrong by part: message and advice."""
        line = self.guest.sh(HEALTH, 120).out
        rows = json.loads(line)["rows"] if line else []
        return {
            row["part"]: f"{row['message']} {row['advice'] or ''}" for row in rows if row["state"] in {"warn", "bad"}
        }

    def capture_first_page(self, name: str) -> None:
        """A picture of the first page that is drawn after a start."""
        wait_until_drawn(self.guest, self._pictures / f"{name}.png")

    def capture_page(self, name: str, place: tuple[float, float]) -> None:
        """A picture of the page behind this place of the panel, for people to look at."""
        colours = turn_page(self.guest, place, self._pictures / f"{name}.png")
        self._check.that(f"{name}_drawn", colours >= COLOURS, f"{colours} colours")
