"""Power cuts of a running guest at random times; each later start must find all data."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
from pathlib import Path

from card_image import dropin, fresh_card
from guest import Guest, GuestError
from invariants import Invariants
from machines import Virt
from snapshots import Snapshots
from two_slots import TwoSlots
from usb_media import make_usb_image

SPEED = 60
"""Photographs one after the other, log and pictures pruned every ten seconds, a lamp's day in 24 minutes."""
CONFIG = """\
[camera]
width = 640
height = 480
[captures]
interval_min = 10
only_when_lit = false
deadline_s = 600.0
[storage]
log_keep_h = 1
[light.schedule]
max_hours_per_day = 24
"""
"""No daily light budget: each cut counts as minutes lit, and fifty would exhaust it."""
RUN = "/opt/sproutcast/bin/sproutcast run --config /etc/sproutcast/config.toml --data /var/lib/sproutcast"
FASTER = f"[Service]\nExecStart=\nExecStart={RUN} --speed {SPEED}\n"
NOT_NEEDED = (
    *("sproutcast-screen", "mosquitto", "NetworkManager", "avahi-daemon", "polkit"),
    *("systemd-logind", "wpa_supplicant", "systemd-timesyncd", "systemd-binfmt", "systemd-zram-setup@zram0"),
)
"""These write nothing that is checked here, and a start takes half as long without them."""
KERNEL_LINE = " ".join(
    [
        "sproutcast.check",
        "systemd.watchdog_sec=off mitigations=off",
        dropin("sproutcast.service", FASTER),
        *(f"systemd.mask={one}.service" for one in NOT_NEEDED),
    ]
)
TURNS = ("updating", "starting", "living", "starting")
"""What the power is taken from, one after the other: an update, the start itself, everyday work."""
LONGEST_LIFE_S = 240.0
SNAPSHOT_INTERVAL_S = 2.0
"""Mean interval; the times are random."""
LONGEST_IN_STARTS = {"updating": 2.0, "starting": 1.0}
"""As often as the last start took, so that every part of it is met on a fast machine and on a slow one."""


class Recovery:
    """Power-cut test of one card over many starts."""

    def __init__(self, card: Path, work: Path, chance: random.Random, slots: TwoSlots) -> None:
        self._card = card
        self._work = work
        self._chance = chance
        self._slots = slots
        self._acknowledged = work / "acknowledged"
        self._invariants = Invariants(self._acknowledged)
        self._snapshots = Snapshots(card, work)
        self._power_s = 0.0
        self._start_s = LONGEST_LIFE_S
        self._counts = {"cuts": 0, "cuts_while_starting": 0, "starts_checked": 0, "snapshots": 0}

    def prepare(self) -> None:
        """Run the first start: greenhouse, configuration, first check."""
        with self._guest() as guest:
            self._answers(guest)
            guest.sh(f"cat > /etc/sproutcast/config.toml <<'END'\n{CONFIG}\nEND\nsync")
            guest.sh("systemctl stop sproutcast; rm -rf /var/lib/sproutcast/*", 400)
            self._check(guest)
        self._slots.cut(guest.serial())

    def round(self) -> None:
        """Run one round: start, check, write, perhaps update, cut; or cut during start."""
        turn = TURNS[self._counts["cuts"] % len(TURNS)]
        with self._guest(updating=turn == "updating") as guest:
            if turn != "starting":
                self._answers(guest)
                self._check(guest)
                self._invariants.write(guest)
            if turn == "updating":
                self._slots.update(guest)
            longest_s = LONGEST_IN_STARTS[turn] * self._start_s if turn in LONGEST_IN_STARTS else LONGEST_LIFE_S
            self._run_for(guest, self._chance.uniform(0.0, longest_s), snapshots=turn != "starting")
        self._counts["cuts"] += 1
        self._counts["cuts_while_starting"] += turn == "starting"
        self._invariants.count()
        how = self._slots.cut(guest.serial())
        print(f"cut while {turn}{how and ', the update '}{how}: {self.figures()}", flush=True)

    def _run_for(self, guest: Guest, life_s: float, *, snapshots: bool) -> None:
        """Run the guest for a while; with `snapshots`, take snapshots at random times."""
        end = time.monotonic() + life_s
        while (left := end - time.monotonic()) > 0:
            pause_s = self._chance.expovariate(1 / SNAPSHOT_INTERVAL_S) if snapshots else left
            time.sleep(min(left, pause_s))
            if snapshots and pause_s < left:
                self._invariants.count()
                self._slots.check_snapshot(self._snapshots.take(guest))
                self._invariants.compare(self._snapshots.inspect())
                self._counts["snapshots"] += 1

    def final_start(self) -> None:
        """Run a last start, which has to find all data."""
        with self._guest() as guest:
            self._answers(guest)
            self._check(guest)

    def figures(self) -> str:
        """All counters as JSON."""
        updates = {"updates_cut_while": self._slots.cut_while}
        return json.dumps({**self._counts, **self._invariants.figures(), **updates})

    def _answers(self, guest: Guest) -> None:
        self._power_s = time.monotonic()
        guest.wait_for_agent()

    def _check(self, guest: Guest) -> None:
        """Wait for the daemon, then check all invariants; raises GuestError."""
        answered_s = time.monotonic() - self._power_s
        guest.sh("systemctl start sproutcast", 600)  # ends when it is up, and asks nothing of the guest meanwhile
        self._start_s = time.monotonic() - self._power_s
        self._slots.check(guest)
        self._invariants.check(guest)
        self._counts["starts_checked"] += 1
        whole_s = time.monotonic() - self._power_s
        print(
            f"up after {answered_s:.0f}, {self._start_s:.0f} s, whole after {whole_s:.0f} s: {self.figures()}",
            flush=True,
        )

    def _guest(self, *, updating: bool = False) -> Guest:
        self._acknowledged.unlink(missing_ok=True)
        self._slots.power_on(updating=updating)
        acknowledged = ("-chardev", f"file,id=acknowledged,path={self._acknowledged}")
        port = ("-device", "virtserialport,chardev=acknowledged,name=org.sproutcast.acknowledged")
        usb = ("-device", "qemu-xhci,id=usb")
        return Guest(self._card, self._work, Virt(display=False, smp=1, extra=(*acknowledged, *port, *usb)))


def main() -> int:
    """Exit status 1 when anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("--slot", type=Path, required=True, help="the image's own boot.vfat and system.erofs")
    parser.add_argument("--key", type=Path, required=True, help="the private key whose public half is in the image")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    card = fresh_card(args.image, args.work, extra=KERNEL_LINE)
    parts = {"boot": args.slot / "boot.vfat", "system": args.slot / "system.erofs"}
    again = make_usb_image(args.work, **parts, version="9.0.0", key=args.key, name="again")
    chance = random.Random(args.seed)  # noqa: S311 - times, not secrets
    recovery = Recovery(card, args.work, chance, TwoSlots(card, args.slot, again))
    try:
        recovery.prepare()
        for _ in range(args.cuts):
            recovery.round()
        recovery.final_start()
    except GuestError as error:
        print(f"FAIL {recovery.figures()}: {error}; the card is {card}")
        return 1
    print(recovery.figures())
    return 0


if __name__ == "__main__":
    sys.exit(main())
