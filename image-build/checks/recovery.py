"""Pull the plug on a running guest at random and hang its kernel; every start after that must find everything again."""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import sys
import time
from pathlib import Path

from guest import Guest, GuestError, fresh_card

CARE = """sproutcast call log_care '{"plant_id": 1, "kind": "note"}'"""
ROWS = (
    "/opt/sproutcast/bin/python3 -c 'import apsw, json; "
    'c = apsw.Connection("file:/var/lib/sproutcast/sproutcast.sqlite3?mode=ro", '
    "flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI); "
    'print(json.dumps({"care": [r[0] for r in c.execute("SELECT id FROM care_event")], '
    '"sound": next(c.execute("PRAGMA integrity_check"))[0]}))\''
)


class Recovery:
    """One card over many starts, and what it has promised so far."""

    def __init__(self, card: Path, work: Path) -> None:
        self.card = card
        self.work = work
        self.acknowledged: set[int] = set()
        self.identity = ""
        self.starts = 0

    def started(self, guest: Guest) -> None:
        """Wait for the daemon, then compare identity, rows and file system with what they have to be."""
        guest.wait_for_agent()
        guest.until("systemctl is-active sproutcast && test -S /run/sproutcast/sproutcast.sock", 600)
        self.starts += 1
        identity = guest.sh("cat /etc/machine-id").out
        if self.identity and identity != self.identity:
            raise GuestError(f"another identity: {identity}, it was {self.identity}")
        self.identity = identity
        if guest.sh("test -e /run/sproutcast-system/no-data").code == 0:
            raise GuestError("the data partition was not mounted")
        code = int(guest.sh("cat /run/sproutcast-system/fsck-code").out or 8)
        if code >= 4:  # noqa: PLR2004 - e2fsck(8): errors left uncorrected
            raise GuestError(f"the file system was damaged: {guest.sh('cat /run/sproutcast-system/fsck').out}")
        seen = json.loads(guest.until(ROWS, 120).out)
        lost = self.acknowledged - set(seen["care"])
        if lost or seen["sound"] != "ok":
            raise GuestError(f"lost {sorted(lost)}, database {seen['sound']}")
        print(f"start {self.starts}: {len(self.acknowledged)} acknowledged rows there, fsck {code}", flush=True)

    def write(self, guest: Guest, seconds: float) -> None:
        """Log care for about so long; each answer is a promise."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = guest.sh(CARE, 120)
            if answer.code == 0:
                self.acknowledged.add(int(answer.out))

    def cut(self, seconds: float) -> None:
        """Start, write, and pull the plug."""
        with Guest(self.card, self.work) as guest:
            self.started(guest)
            self.write(guest, seconds)
            # A last one, on its way while the power goes.
            with contextlib.suppress(GuestError):
                guest.tell(CARE)

    def hang(self) -> None:
        """A kernel that stops for good: only the hardware watchdog can start it again."""
        with Guest(self.card, self.work) as guest:
            self.started(guest)
            guest.sh("sysctl -w kernel.panic=0 kernel.panic_on_oops=0; sync")
            guest.tell("echo c > /proc/sysrq-trigger")
            self.started(guest)


def main() -> int:
    """Exit status 1 when anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--cuts", type=int, default=5)
    parser.add_argument("--card", type=Path, help="go on with this card instead of a fresh one")
    args = parser.parse_args()
    if args.card is None:
        shutil.rmtree(args.work, ignore_errors=True)
    recovery = Recovery(args.card or fresh_card(args.image, args.work), args.work)
    chance = random.Random()  # noqa: S311 - moments, not secrets
    try:
        for _ in range(args.cuts):
            recovery.cut(chance.uniform(0.0, 20.0))
        recovery.hang()
    except GuestError as error:
        print(f"FAIL after {recovery.starts} starts: {error}")
        return 1
    print(
        json.dumps(
            {
                "starts": recovery.starts,
                "cuts": args.cuts,
                "watchdog_resets": 1,
                "acknowledged": len(recovery.acknowledged),
            }
        )
    )
    return 0


sys.exit(main())
