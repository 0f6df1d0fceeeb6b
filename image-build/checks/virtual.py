"""End-to-end check of the virtual image from firmware and boot menu; prints one JSON line at the end."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from pathlib import Path

from card_image import fresh_card, read_file, write_file
from check import Check
from guest import BOOT_LIMIT_S, Guest, GuestError
from plant_checks import check_results, check_v4l2_camera
from screen_checks import check_home, check_touch
from system_checks import HOST, check_exposure, check_lamp, check_system

BITES_AFTER_S = 180.0
"""The watchdog's patience in the virtual image."""
BOOT_FILE = 'name = "Kitchen"\ntime_zone = "Europe/Berlin"\n[wifi]\nnam = "Home"\n'
IMAGERS_FILES = {
    "meta-data": "instance-id: rpi-imager-1785000000000\n",
    "user-data": f"#cloud-config\nhostname: {HOST}\ntimezone: Europe/London\nuser:\n  name: me\n  passwd: $5$j$h\n",
    "network-config": "network:\n  version: 2\n  wifis:\n    wlan0:\n      dhcp4: true\n      access-points:\n"
    f'        "Home":\n          password: "{"0123456789abcdef" * 4}"\n      optional: true\n',
}
"""As Raspberry Pi Imager leaves them; our own file, which is there too, has the last word about the time zone."""


def check_start(guest: Guest, check: Check, pictures: Path) -> None:
    """Run the checks of one start."""
    began = time.monotonic()
    guest.wait_for_agent()
    check.that("answers_after_s", held=True, seen=round(time.monotonic() - began))
    guest.wait_until("systemctl is-active sproutcast", 600)
    check_home(guest, check, pictures)
    check.that("home_screen_after_s_of_ours", held=True, seen=round(time.monotonic() - began))
    check_lamp(guest, check)
    check_system(guest, check)
    check_exposure(guest, check)
    check_results(guest, check)
    check_touch(guest, check, pictures)
    check.that("boot", held=True, seen=guest.sh("systemd-analyze | head -1", 180).out)
    check_v4l2_camera(guest, check, pictures)
    check_watchdog_reset(guest, check)


def check_watchdog_reset(guest: Guest, check: Check) -> None:
    """Check that the hardware watchdog resets a panicked kernel."""
    before = guest.sh("sysctl -w kernel.panic=0 kernel.panic_on_oops=0; sync; cat /proc/sys/kernel/random/boot_id")
    began = time.monotonic()
    guest.send("echo c > /proc/sysrq-trigger")
    guest.wait_for_agent(BITES_AFTER_S + BOOT_LIMIT_S)
    after = guest.wait_until("systemctl is-active sproutcast && cat /proc/sys/kernel/random/boot_id", 600)
    restarted = before.out.splitlines()[-1] != after.out.splitlines()[-1]
    check.that("panicked_guest_reset_by_watchdog", restarted, f"daemon back after {time.monotonic() - began:.0f} s")
    why = guest.sh("sproutcast events --count 1", 180).out
    check.that("panic_was_noted", "kernel stopped" in why or "hardware watchdog" in why, why)


def main() -> int:
    """Exit status 1 when anything did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--keep", action="store_true", help="keep the guest's card")
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    card = fresh_card(args.image, args.work)
    for name, text in {"sproutcast.toml": BOOT_FILE, **IMAGERS_FILES}.items():
        write_file(card, name, text)
    check = Check()
    with Guest(card, args.work) as guest:
        try:
            check_start(guest, check, args.work)
        except GuestError as error:
            check.that("the guest keeps running", held=False, seen=str(error))
    faults = (read_file(card, "sproutcast-faults.txt") or b"").decode()
    check.that("boot_file_faults_reported", 'did you mean "name"' in faults, faults)
    put_away = ("sproutcast.toml", *IMAGERS_FILES)
    check.that("boot_files_put_away", all(read_file(card, name) is None for name in put_away))
    done = (read_file(card, "sproutcast-done.txt") or b"").decode()
    check.that("imagers_choice_reported", f"http://{HOST}.local:8080" in done and "not used: user name" in done, done)
    if not args.keep:
        card.unlink()
    print(json.dumps({**check.results, "failed": check.failed}))
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
