"""A damaged database, a full card, no data partition: the daemon starts, keeps the lamp, and says what is wrong."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from cards import fresh_card
from check import Check
from guest import Guest, GuestError

from sproutcast_pi.model.light_plan import planned_level
from sproutcast_pi.model.light_schedule import LightSchedule

LINE = "sproutcast.check systemd.mask=sproutcast-screen.service systemd.mask=mosquitto.service"
STORE = "/var/lib/sproutcast/sproutcast.sqlite3"
DAMAGE = f"rm -f {STORE}-wal {STORE}-shm; dd if=/dev/urandom of={STORE} bs=4096 seek=1 count=40 conv=notrunc"
FILL = "dd if=/dev/zero of=/data/filler bs=1M; dd if=/dev/zero of=/data/filler2 bs=4096; sync"
HEALTH = "timeout 60 sproutcast watch --json 'SELECT * FROM health'"
LAMP_SLACK = 0.03
PATIENCE_S = 600.0


def lamp_is_kept(guest: Guest, check: Check, name: str) -> None:
    """The daemon is up, and its own status has the lamp where the schedule wants it."""
    status = guest.until(
        "systemctl is-active -q sproutcast && systemctl show -p StatusText --value sproutcast | grep lamp", PATIENCE_S
    ).out
    moment = datetime.fromisoformat(guest.sh("date --iso-8601=seconds").out)
    planned = planned_level(LightSchedule(zone="UTC"), moment)
    found = re.search(r"lamp (\d+)%", status)
    check.that(f"{name}_lamp", found is not None and abs(int(found[1]) / 100 - planned) <= LAMP_SLACK, status)


def is_told(guest: Guest, check: Check, name: str, part: str) -> None:
    """A sentence about this part stands where the screen reads it."""
    end = time.monotonic() + PATIENCE_S
    told: list[str] = []
    while not told and time.monotonic() < end:
        line = guest.sh(f"{HEALTH} | head -n 1", 120).out
        told = [
            row["message"]
            for row in (json.loads(line)["rows"] if line else [])
            if row["part"] == part and row["state"] in {"warn", "bad"}
        ]
    check.that(f"{name}_told", bool(told), told)


def trouble(guest: Guest, check: Check, name: str, command: str, part: str) -> None:
    """Stop the daemon, break something, start it again."""
    guest.sh("systemctl stop sproutcast", 200)
    guest.sh(command, 600)
    guest.sh("systemctl start sproutcast", 600)
    lamp_is_kept(guest, check, name)
    is_told(guest, check, name, part)


def run(card: Path, work: Path, check: Check) -> None:
    """Two starts: one broken twice while it runs, one of a card that lost a partition."""
    with Guest(card, work) as guest:
        guest.wait_for_agent()
        guest.until("systemctl is-active sproutcast", PATIENCE_S)
        trouble(guest, check, "damaged_database", DAMAGE, "store")
        trouble(guest, check, "full_card", FILL, "store")
    subprocess.run(["sfdisk", "-q", "--part-label", str(card), "6", "lost"], check=True)
    with Guest(card, work) as guest:
        guest.wait_for_agent()
        lamp_is_kept(guest, check, "no_data_partition")
        is_told(guest, check, "no_data_partition", "data")


def main() -> int:
    """Exit status 1 when anything did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    card = fresh_card(args.image, args.work, extra=LINE)
    check = Check()
    try:
        run(card, args.work, check)
    except GuestError as error:
        check.that("the guest goes on", held=False, seen=str(error))
    print(json.dumps({**check.results, "failed": check.failed}))
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
