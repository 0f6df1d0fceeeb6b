"""Invariants of a card over all its starts."""

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
    """Invariants of one card: identity, acknowledged rows, light history."""

    def __init__(self, acknowledged_file: Path) -> None:
        """`acknowledged_file` receives the id of each acknowledged row."""
        self._acknowledged_file = acknowledged_file
        self._identity = ""
        self._acknowledged: set[int] = set()
        self._light_changes = 0
        self._journal_recovered = 0
        self._pictures = 0

    def write(self, guest: Guest) -> None:
        """Start the writer in the guest."""
        guest.sh(f"cat > /run/writer.py <<'END'\n{(INSIDE / 'writer.py').read_text()}\nEND")
        guest.sh(f"setsid {PYTHON} /run/writer.py > /run/writer.log 2>&1 &")

    def count(self) -> None:
        """Count the rows acknowledged so far."""
        whole, _, _ = (
            self._acknowledged_file.read_text().rpartition("\n") if self._acknowledged_file.exists() else ("", "", "")
        )
        self._acknowledged |= {int(line) for line in whole.split()}

    def check(self, guest: Guest) -> None:
        """Check all invariants in the guest; raises GuestError."""
        self._check_system(guest)
        text = (INSIDE / "inspector.py").read_text()
        seen: dict[str, Any] = json.loads(guest.wait_until(f"{PYTHON} - {DATA} <<'END'\n{text}\nEND", 180).out)
        self.compare(seen)

    def compare(self, seen: dict[str, Any]) -> None:
        """Check all invariants in the inspector's report; raises GuestError."""
        lost = self._acknowledged - set(seen["care"])
        first, newest, count = seen["log"]
        if seen["integrity"] != "ok" or lost or seen["strays"] or newest - first + 1 != count:
            raise GuestError(f"lost {sorted(lost)}: { ({**seen, 'care': '', 'light': ''}) }")
        self._check_light(seen["light"])
        self._pictures = seen["pictures"]

    def figures(self) -> dict[str, int]:
        """Numbers of checked rows so far."""
        return {
            "acknowledged": len(self._acknowledged),
            "journal_recovered": self._journal_recovered,
            "light_changes": self._light_changes,
            "pictures": self._pictures,
        }

    def _check_system(self, guest: Guest) -> None:
        identity, *faults = guest.sh(
            "cat /etc/machine-id /run/sproutcast-system/no-data 2> /dev/null; "
            "findmnt -n -o SOURCE /data | grep -v ^/dev"
        ).out.splitlines()
        if self._identity not in {"", identity}:
            raise GuestError(f"another identity: {identity}, it was {self._identity}")
        self._identity = identity
        if faults:
            raise GuestError(f"not its data: {faults}")
        checked = guest.sh("cat /run/sproutcast-system/fsck; exit $(cat /run/sproutcast-system/fsck-code)")
        if checked.code >= UNCORRECTED:
            raise GuestError(f"the file system was damaged: {checked.out}")
        self._journal_recovered += "recovering journal" in checked.out

    def _check_light(self, changes: list[list[Any]]) -> None:
        """Check that each recorded level is the scheduled one, a capture's, or the off of a stop."""
        if len(changes) < self._light_changes:
            raise GuestError("light history is incomplete")
        self._light_changes = len(changes)
        schedule = LightSchedule(zone="UTC")
        for at, level, reason in changes:
            planned = 1.0 if reason == "capture" else planned_level(schedule, datetime.fromisoformat(at))
            if abs(level - planned) > LIGHT_SLACK and reason != "off":
                raise GuestError(f"the lamp was at {level} at {at} ({reason}), planned was {planned}")
