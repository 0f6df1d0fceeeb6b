"""What a card has promised over all its starts, and whether a guest that was started from it keeps it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from check import PYTHON
from guest import Guest, GuestError

from sproutcast_pi.model.light_plan import planned_level
from sproutcast_pi.model.light_schedule import LightSchedule

DATA = "/var/lib/sproutcast"
INSIDE = Path(__file__).parent / "inside"
LIGHT_SLACK = 0.03
UNCORRECTED = 4
"""e2fsck(8): from this exit status on, errors were left in the file system."""


class Invariants:
    """One card's identity, its acknowledged rows, its light history."""

    def __init__(self, told: Path) -> None:
        """`told` is where the number of each acknowledged row arrives on the host."""
        self._acknowledged_file = told
        self._identity = ""
        self._acknowledged: set[int] = set()
        self._light_changes = 0
        self._journal_recovered = 0
        self._pictures = 0

    def write(self, guest: Guest) -> None:
        """Let a program in the guest note care from now on."""
        guest.sh(f"cat > /run/writer.py <<'END'\n{(INSIDE / 'writer.py').read_text()}\nEND")
        guest.sh(f"setsid {PYTHON} /run/writer.py > /run/writer.log 2>&1 &")

    def count(self) -> None:
        """Count the rows of which word has left the guest by now."""
        whole, _, _ = (
            self._acknowledged_file.read_text().rpartition("\n") if self._acknowledged_file.exists() else ("", "", "")
        )
        self._acknowledged |= {int(line) for line in whole.split()}

    def check(self, guest: Guest) -> None:
        """Compare everything with what it has to be; raises GuestError."""
        self._check_system(guest)
        text = (INSIDE / "inspector.py").read_text()
        seen: dict[str, Any] = json.loads(guest.wait_until(f"{PYTHON} - {DATA} <<'END'\n{text}\nEND", 180).out)
        self.compare(seen)

    def compare(self, seen: dict[str, Any]) -> None:
        """The same for what the inspector found; raises GuestError."""
        lost = self._acknowledged - set(seen["care"])
        first, newest, count = seen["log"]
        if seen["integrity"] != "ok" or lost or seen["strays"] or newest - first + 1 != count:
            raise GuestError(f"lost {sorted(lost)}: { ({**seen, 'care': '', 'light': ''}) }")
        self._check_light(seen["light"])
        self._pictures = seen["pictures"]

    def figures(self) -> dict[str, int]:
        """How much has been promised and found again so far."""
        return {
            "acknowledged": len(self._acknowledged),
            "journal_recovered": self._journal_recovered,
            "light_changes": self._light_changes,
            "pictures": self._pictures,
        }

    def _check_system(self, guest: Guest) -> None:
        identity, *trouble = guest.sh(
            "cat /etc/machine-id /run/sproutcast-system/no-data 2> /dev/null; "
            "findmnt -n -o SOURCE /data | grep -v ^/dev"
        ).out.splitlines()
        if self._identity not in {"", identity}:
            raise GuestError(f"another identity: {identity}, it was {self._identity}")
        self._identity = identity
        if trouble:
            raise GuestError(f"not its data: {trouble}")
        checked = guest.sh("cat /run/sproutcast-system/fsck; exit $(cat /run/sproutcast-system/fsck-code)")
        if checked.code >= UNCORRECTED:
            raise GuestError(f"the file system was damaged: {checked.out}")
        self._journal_recovered += "recovering journal" in checked.out

    def _check_light(self, changes: list[list[Any]]) -> None:
        """Every level on record is the planned one of its moment, a photograph's, or the dark of a stop."""
        if len(changes) < self._light_changes:
            raise GuestError("light history got lost")
        self._light_changes = len(changes)
        schedule = LightSchedule(zone="UTC")
        for at, level, reason in changes:
            planned = 1.0 if reason == "capture" else planned_level(schedule, datetime.fromisoformat(at))
            if abs(level - planned) > LIGHT_SLACK and reason != "off":
                raise GuestError(f"the lamp was at {level} at {at} ({reason}), planned was {planned}")
