"""Pull the plug on a running guest at random moments; every start after that must find everything again."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from cards import dropin, fresh_card
from check import PYTHON
from guest import Guest, GuestError
from machines import Virt

from sproutcast_pi.model.light_plan import planned_level
from sproutcast_pi.model.light_schedule import LightSchedule

INSIDE = Path(__file__).parent / "inside"
SPEED = 120
"""Photographs one after the other, log and pictures pruned every five seconds, a lamp's day in twelve minutes."""
CONFIG = """\
[captures]
interval_min = 10
only_when_lit = false
deadline_s = 600.0
[storage]
log_keep_h = 1
[light.schedule]
max_hours_per_day = 24
"""
"""Each cut counts as minutes burned, and fifty of them would spend the usual budget; here none is wanted."""
RUN = "/opt/sproutcast/bin/sproutcast run --config /etc/sproutcast/config.toml --data /var/lib/sproutcast"
FASTER = f"[Service]\nExecStart=\nExecStart={RUN} --speed {SPEED}\n"
NOT_NEEDED = ("sproutcast-screen", "mosquitto", "NetworkManager", "avahi-daemon", "polkit")
"""These write nothing that is checked here, and a start takes half as long without them."""
KERNEL_LINE = " ".join(
    [
        "sproutcast.check",
        "systemd.watchdog_sec=off",
        dropin("sproutcast.service", FASTER),
        *(f"systemd.mask={one}.service" for one in NOT_NEEDED),
    ]
)
LONGEST_LIFE_S = 25.0
EARLY_EVERY = 3
"""Every third cut falls into the start itself."""
EARLIEST_S, LATEST_S = 5.0, 90.0
LIGHT_SLACK = 0.03


class Recovery:
    """One card over many starts, and what it has promised so far."""

    def __init__(self, card: Path, work: Path, chance: random.Random) -> None:
        self._card = card
        self._work = work
        self._chance = chance
        self._told = work / "told"
        self._identity = ""
        self._acknowledged: set[int] = set()
        self._light_rows_seen = 0
        self._power_s = 0.0
        self.counts = {"cuts": 0, "cuts_while_starting": 0, "starts_checked": 0, "journal_recovered": 0}

    def prepare(self) -> None:
        """The first start: greenhouse, configuration, and the first check."""
        with self._guest() as guest:
            guest.wait_for_agent()
            guest.sh(f"cat > /etc/sproutcast/config.toml <<'END'\n{CONFIG}\nEND\nsync")
            guest.until("systemctl is-active sproutcast", 600)
            guest.sh("systemctl stop sproutcast; rm -rf /var/lib/sproutcast/*; systemctl start sproutcast", 400)
            self.check(guest)

    def round(self) -> None:
        """Start, check, write, cut; or cut while it starts."""
        early = self.counts["cuts"] % EARLY_EVERY == EARLY_EVERY - 1
        with self._guest() as guest:
            if early:
                time.sleep(self._chance.uniform(EARLIEST_S, LATEST_S))
                self.counts["cuts_while_starting"] += 1
            else:
                guest.wait_for_agent()
                self.check(guest)
                self._write(guest)
                time.sleep(self._chance.uniform(0.0, LONGEST_LIFE_S))
        self.counts["cuts"] += 1
        self._acknowledged |= self._promised()
        print(f"cut {self.counts['cuts']}: {len(self._acknowledged)} rows acknowledged", flush=True)

    def last(self) -> dict[str, Any]:
        """One more start, which has to find everything; all figures."""
        with self._guest() as guest:
            guest.wait_for_agent()
            self.check(guest)
            pictures = self._inspect(guest)["pictures"]
        figures = {"acknowledged": len(self._acknowledged), "light_changes": self._light_rows_seen}
        return {**self.counts, **figures, "pictures": pictures, "lost": 0}

    def check(self, guest: Guest) -> None:
        """Wait for the daemon, then compare everything with what it has to be; raises GuestError."""
        guest.until("systemctl is-active sproutcast", 600)
        self._check_system(guest)
        seen = self._inspect(guest)
        lost = self._acknowledged - set(seen["care"])
        first, newest, count = seen["log"]
        if seen["integrity"] != "ok" or lost or seen["strays"] or newest - first + 1 != count:
            raise GuestError(f"lost {sorted(lost)}: { ({**seen, 'care': '', 'light': ''}) }")
        self._check_light(seen["light"])
        self.counts["starts_checked"] += 1
        figures = {**self.counts, "light_changes": self._light_rows_seen, "pictures": seen["pictures"]}
        print(f"whole after {time.monotonic() - self._power_s:.0f} s: {json.dumps(figures)}", flush=True)

    def _check_system(self, guest: Guest) -> None:
        identity, slot, *trouble = guest.sh(
            "cat /etc/machine-id; grep -o 'sproutcast.slot=[ab] sproutcast.try=[01]' /proc/cmdline | tr ' ' ,; "
            "cat /run/sproutcast-system/no-data 2> /dev/null; findmnt -n -o SOURCE /data | grep -v ^/dev"
        ).out.splitlines()
        if self._identity not in {"", identity}:
            raise GuestError(f"another identity: {identity}, it was {self._identity}")
        self._identity = identity
        if slot != "sproutcast.slot=a,sproutcast.try=0" or trouble:
            raise GuestError(f"not the slot in force, or not its data: {slot} {trouble}")
        checked = guest.sh("cat /run/sproutcast-system/fsck; exit $(cat /run/sproutcast-system/fsck-code)")
        if checked.code >= 4:  # noqa: PLR2004 - e2fsck(8): errors left uncorrected
            raise GuestError(f"the file system was damaged: {checked.out}")
        self.counts["journal_recovered"] += "recovering journal" in checked.out

    def _check_light(self, changes: list[list[Any]]) -> None:
        """Every level on record is the planned one of its moment, a photograph's, or the dark of a stop."""
        if len(changes) < self._light_rows_seen:
            raise GuestError("light history got lost")
        self._light_rows_seen = len(changes)
        schedule = LightSchedule(zone="UTC")
        for at, level, reason in changes:
            planned = 1.0 if reason == "capture" else planned_level(schedule, datetime.fromisoformat(at))
            if abs(level - planned) > LIGHT_SLACK and reason != "off":
                raise GuestError(f"the lamp was at {level} at {at} ({reason}), planned was {planned}")

    def _write(self, guest: Guest) -> None:
        """Let a program in the guest note care from now on."""
        guest.sh(f"cat > /run/writer.py <<'END'\n{(INSIDE / 'writer.py').read_text()}\nEND")
        guest.sh(f"setsid {PYTHON} /run/writer.py > /run/writer.log 2>&1 &")

    def _inspect(self, guest: Guest) -> dict[str, Any]:
        text = (INSIDE / "inspector.py").read_text()
        found: dict[str, Any] = json.loads(guest.until(f"{PYTHON} - <<'END'\n{text}\nEND", 180).out)
        return found

    def _promised(self) -> set[int]:
        """The rows of which word had left the guest when the power went."""
        whole, _, _ = self._told.read_text().rpartition("\n") if self._told.exists() else ("", "", "")
        return {int(line) for line in whole.split()}

    def _guest(self) -> Guest:
        self._told.unlink(missing_ok=True)
        self._power_s = time.monotonic()
        told = ("-chardev", f"file,id=told,path={self._told}")
        port = ("-device", "virtserialport,chardev=told,name=org.sproutcast.told")
        return Guest(self._card, self._work, Virt(display=False, smp=1, extra=told + port))


def main() -> int:
    """Exit status 1 when anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    card = fresh_card(args.image, args.work, extra=KERNEL_LINE)
    recovery = Recovery(card, args.work, random.Random(args.seed))  # noqa: S311 - moments, not secrets
    try:
        recovery.prepare()
        for _ in range(args.cuts):
            recovery.round()
        figures = recovery.last()
    except GuestError as error:
        print(f"FAIL {recovery.counts}: {error}; the card is {card}")
        return 1
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
