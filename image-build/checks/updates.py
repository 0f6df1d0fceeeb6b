"""Updates in a guest: wrong signature, power cut while writing, a good update, and one that breaks the daemon."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import time
from pathlib import Path

from card_image import dropin, fresh_card, partition, read_file, write_file
from check import Check
from guest import Guest, GuestError
from machines import Virt
from update_status import PATIENCE_S, percent, slot, wait_for_recorded_status, wait_for_status
from usb_media import make_broken_boot, make_key, make_usb_image, plug_in, pull_out

MACHINE = Virt(extra=("-device", "qemu-xhci,id=usb"))
NO_SCREEN = "systemd.mask=sproutcast-screen.service"
GUARD = dropin("sproutcast-guard.timer", "[Timer]\nOnBootSec=\nOnBootSec=6min\n")
"""The guard's twenty minutes, shortened for the update that has nothing to wait for."""
NOT_NEEDED = ("mosquitto", "NetworkManager", "wpa_supplicant", "avahi-daemon", "polkit", "systemd-timesyncd")
"""Nothing of these is checked here, and a start takes half as long without them."""
KERNEL_LINE = " ".join(["sproutcast.check mitigations=off", *(f"systemd.mask={one}.service" for one in NOT_NEEDED)])
CONFIG, WEB = "/etc/sproutcast/config.toml", "/data/web"
ADDRESS = '\\n[updates]\\nurl = "http://127.0.0.1:8000/good.sproutcast"\\n'
UP = "systemctl start sproutcast && test -S /run/sproutcast/sproutcast.sock"
"""A start that is under way already is only waited for."""


def content(card: Path, *names: str) -> str:
    """Hash of the first blocks of partitions, to detect writes."""
    digest = hashlib.sha256()
    with card.open("rb") as file:
        for name in names:
            offset, size = partition(card, name)
            file.seek(offset)
            digest.update(file.read(min(size, 8 << 20)))
    return digest.hexdigest()


class Updating:
    """Update scenarios on one card."""

    def __init__(self, card: Path, work: Path, check: Check) -> None:
        self._card = card
        self._work = work
        self._check = check

    def wrong_signature_then_a_cut(self, wrong: Path, good: Path) -> None:
        """Check that a wrongly signed update writes nothing, and that an interrupted one is harmless."""
        before = content(self._card, "boot_b", "system_b")
        with Guest(self._card, self._work, MACHINE) as guest:
            self._up(guest)
            self._check.that("starts_in", slot(guest) == "slot=a try=0", slot(guest))
            why = guest.sh("sproutcast events --count 1", 120).out
            self._check.that("why_it_started", "Started for the first time." in why, why)
            plug_in(guest, wrong)
            guest.sh("sproutcast update install", 120)
            status = wait_for_recorded_status(guest, "failed")
            self._check.that("wrong_signature_refused", "not signed by the maker" in status, status)
            pull_out(guest)
            self._check.that("wrong_signature_wrote_nothing", content(self._card, "boot_b", "system_b") == before)
            plug_in(guest, good)
            guest.sh("sproutcast update check", 120)
            status = wait_for_recorded_status(guest, "available")
            self._check.that("found_on_the_stick", "0.2.0" in status, status)
            guest.sh("sproutcast update install", 120)
            end = time.monotonic() + PATIENCE_S
            while (done := percent(guest)) < 30 and time.monotonic() < end:  # noqa: PLR2004 - well in the middle
                time.sleep(1)
            self._check.that("plug_pulled_at_percent", 30 <= done < 100, done)  # noqa: PLR2004 - as above

    def good(self, good: Path) -> None:
        """Check the old version after the cut, then install from a URL and pass the trial."""
        with Guest(self._card, self._work, MACHINE) as guest:
            self._up(guest)
            status = wait_for_status(guest, "idle")
            self._check.that("after_the_cut", slot(guest) == "slot=a try=0" and status.startswith("0.1.0"), status)
            why = guest.sh("sproutcast events --count 1", 120).out
            self._check.that("cut_was_noted", "Power was cut" in why, why)
            self._serve(guest, good)
            guest.sh("sproutcast update check", 120)
            status = wait_for_recorded_status(guest, "available")
            requests = guest.sh("journalctl -u web -o cat | grep GET", 60).out
            self._check.that("found_at_an_address", "0.2.0" in status and "good.sproutcast" in requests, status)
            guest.sh("sproutcast update install", 120)
            began = time.monotonic()
            guest.wait_for_reboot(PATIENCE_S)
            self._check.that("written_and_restarted_after_s", True, round(time.monotonic() - began))
            self._check.that("tried", slot(guest) == "slot=b try=1", slot(guest))
            guest.wait_until(UP, 600)
            status = wait_for_recorded_status(guest, "stays")
            self._check.that("good_update_stays", status.startswith("0.2.0 in slot b"), status)
            self._check.that("proved_after_s", True, round(time.monotonic() - began))
        environment = (read_file(self._card, "grubenv") or b"").decode(errors="replace")
        self._check.that(
            "in_force", "slot=b\n" in environment, environment.split("#")[-2] if "#" in environment else ""
        )

    @staticmethod
    def _serve(guest: Guest, good: Path) -> None:
        """Serve the update over HTTP in the guest; a fetch service downloads it, the helper has no network."""
        plug_in(guest, good)
        guest.sh(f"mkdir -p {WEB} /run/stick && mount -o ro /dev/sd? /run/stick", 60)
        guest.sh(f"cp /run/stick/good.sproutcast {WEB}; umount /run/stick; sync", 600)
        pull_out(guest)
        guest.sh(f"systemd-run --unit=web python3 -m http.server --bind 127.0.0.1 -d {WEB} 8000", 60)
        guest.sh(f"printf '{ADDRESS}' >> {CONFIG}; systemctl restart sproutcast", 300)

    def broken(self, broken: Path) -> None:
        """Check the automatic rollback and its reported reason."""
        with Guest(self._card, self._work, MACHINE) as guest:
            self._up(guest)
            self._check.that("kept_after_a_cut", slot(guest) == "slot=b try=0", slot(guest))
            plug_in(guest, broken)
            guest.sh("sproutcast update install", 120)
            guest.wait_for_reboot(PATIENCE_S)
            self._check.that("broken_one_tried", slot(guest) == "slot=a try=1", slot(guest))
            self._check.that("its_daemon_is_dead", guest.sh("systemctl is-active sproutcast").code != 0)
            guest.wait_for_reboot(PATIENCE_S)
            self._check.that("old_slot_is_back", slot(guest) == "slot=b try=0", slot(guest))
            guest.wait_until(UP, 600)
            status = wait_for_status(guest, "failed")
            self._check.that("and_says_why", "0.3.0 was undone" in status and "in time" in status, status)
            events = guest.sh("sproutcast events --count 3", 120).out
            self._check.that("and_in_the_event_log", "0.3.0 was undone" in events, events)

    @staticmethod
    def _up(guest: Guest) -> None:
        guest.wait_for_agent()
        guest.wait_until(UP, 600)


def main() -> int:
    """Exit status 1 when a check fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path, help="the card, with version 0.1.0 in slot A")
    parser.add_argument("--slot", type=Path, required=True, help="directory with boot.vfat and system.erofs of 0.2.0")
    parser.add_argument("--key", type=Path, required=True, help="the private key whose public half is in the image")
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    args.work.mkdir(parents=True)
    check = Check()
    boot, system = args.slot / "boot.vfat", args.slot / "system.erofs"
    stranger, dead = make_key(args.work), make_broken_boot(boot, args.work)
    wrong = make_usb_image(args.work, boot=boot, system=system, version="0.2.0", key=stranger, name="wrong")
    good = make_usb_image(args.work, boot=boot, system=system, version="0.2.0", key=args.key, name="good")
    broken = make_usb_image(args.work, boot=dead, system=system, version="0.3.0", key=args.key, name="broken")
    updating = Updating(fresh_card(args.image, args.work, extra=KERNEL_LINE), args.work, check)
    try:
        updating.wrong_signature_then_a_cut(wrong, good)
        updating.good(good)
        write_file(args.work / "card.img", "extra.cfg", f'set extra="{KERNEL_LINE} {NO_SCREEN} {GUARD}"\n')
        updating.broken(broken)
    except GuestError as error:
        check.that("the guest keeps running", False, str(error))
    print(json.dumps({**check.results, "failed": check.failed}))
    return 1 if check.failed else 0


sys.exit(main())
