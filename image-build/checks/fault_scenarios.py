"""Fault scenarios of card and board: the daemon starts, controls the lamp, and reports the fault on the screen.

Four starts of one card: faults at run time, a board without clock, network, camera and the right pin, one
without a screen, and a card without its data partition.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from card_image import fresh_card, read_file, write_file
from check import Check
from factory_reset import check_factory_reset
from guest import Guest, GuestError
from health_messages import ALERTS, HOME, PATIENCE_S, HealthMessages
from machines import Virt

LINE = "sproutcast.check mitigations=off systemd.mask=mosquitto.service systemd.mask=avahi-daemon.service"
STORE = "/var/lib/sproutcast/sproutcast.sqlite3"
DAMAGE = f"rm -f {STORE}-wal {STORE}-shm; dd if=/dev/urandom of={STORE} bs=4096 seek=1 count=40 conv=notrunc"
FILL = "fallocate -l $(df --output=avail -B1 /data | tail -n 1) /data/filler; dd if=/dev/zero of=/data/rest bs=4096"
MAKE_ROOM = "rm /data/filler /data/rest"
NO_TOML = 'name = "Kitchen\n'
CONFIG = "/etc/sproutcast/config.toml"
WRONG = '[light]\noutput = "gpio:18"\n[camera]\nsource = "v4l2:/dev/video99"\n[captures]\nonly_when_lit = false\n'
"""This board has no header with pins, and no camera."""
HTTP_REQUEST = "from urllib.request import urlopen; print(urlopen({url!r}, {body}).read().decode())"
BOOT_ID = "cat /proc/sys/kernel/random/boot_id"
PAIRING = "http://127.0.0.1:8080/v1/pair"
FAILURES = 3
BOARD = Virt(smp=1)
NO_SCREEN = Virt(smp=1, display=False)
LONG_AGO = Virt(smp=1, network=False, extra=("-rtc", "base=2019-03-01T03:00:00"))


def run(card: Path, work: Path, check: Check) -> None:
    """Run the four starts."""
    write_file(card, "sproutcast.toml", NO_TOML)
    with Guest(card, work, BOARD) as guest:
        messages = wait_until_up(guest, check, work)
        name, machine = (*guest.sh("hostname; cat /etc/machine-id").out.split(), "", "")[:2]
        check.that("a_name_of_its_own", name == f"sproutcast-{machine[:4]}", name)
        messages.expect_lamp("broken_boot_file")
        messages.expect_message("broken_boot_file", "boot_file", "line 1", "still on the card")
        messages.capture_page("broken-boot-file", ALERTS)
        restart_with_fault(messages, "damaged_database", DAMAGE, "store", "damaged")
        restart_with_fault(messages, "full_card", FILL, "store", "full")
        guest.sh(MAKE_ROOM)
        check_safe_mode(messages, check)
        check_factory_reset(messages, check)
        guest.sh(f"cat > {CONFIG} <<'END'\n{WRONG}END\nsync")
    check.that("broken_boot_file_stays", read_file(card, "sproutcast.toml") is not None)
    with Guest(card, work, LONG_AGO) as guest:
        check_missing_hardware(wait_until_up(guest, check, work))
    with Guest(card, work, NO_SCREEN) as guest:
        check_headless(guest, check, work)
        check_systemd_crash(guest, check)
    subprocess.run(["sfdisk", "-q", "--part-label", str(card), "6", "lost"], check=True)
    with Guest(card, work, BOARD) as guest:
        messages = wait_until_up(guest, check, work)
        messages.expect_lamp("no_data_partition")
        messages.expect_message("no_data_partition", "data", "missing")
        messages.capture_page("no-data-partition", ALERTS)


def wait_until_up(guest: Guest, check: Check, work: Path) -> HealthMessages:
    """Wait for daemon and screen."""
    guest.wait_for_agent()
    guest.wait_until("systemctl is-active sproutcast", PATIENCE_S)
    messages = HealthMessages(guest, check, work)
    messages.capture_first_page("start")
    return messages


def restart_with_fault(messages: HealthMessages, name: str, command: str, part: str, word: str) -> None:
    """Stop the daemon, break something, start it again."""
    messages.guest.sh("systemctl stop sproutcast", 200)
    messages.guest.sh(command, 600)
    messages.guest.sh("systemctl start sproutcast", 600)
    messages.expect_lamp(name)
    messages.expect_message(name, part, word)
    messages.capture_page(name.replace("_", "-"), HOME)
    messages.capture_page(f"{name.replace('_', '-')}-alerts", ALERTS)


def check_safe_mode(messages: HealthMessages, check: Check) -> None:
    """Safe mode after three failed starts: light and screen only, and the way out of it."""
    guest = messages.guest
    guest.sh("systemctl restart sproutcast", 600)
    for _ in range(FAILURES):
        guest.sh("touch /run/killed; systemctl kill -s KILL sproutcast")
        guest.wait_until("test /var/lib/sproutcast/starts.json -nt /run/killed", PATIENCE_S)
        guest.wait_until("systemctl is-active sproutcast", PATIENCE_S)
    messages.expect_lamp("safe_mode")
    messages.expect_message("safe_mode", "safe_mode", "only light and screen", "Try everything again")
    messages.capture_page("safe-mode", HOME)
    guest.sh("sproutcast call leave_safe_mode '{}'", 200)
    guest.wait_until("sproutcast call request_capture '{}'", 300)
    check.that("safe_mode_left", "safe_mode" not in messages.health())


def check_missing_hardware(messages: HealthMessages) -> None:
    """Start without network, clock, camera or the lamp's pin."""
    remembered = json.loads(messages.guest.wait_until("cat /var/lib/sproutcast/light.json").out)["at"]
    messages.expect_lamp("wrong_clock", datetime.fromisoformat(remembered))
    messages.expect_message("wrong_clock", "clock", "not known")
    messages.expect_message("wrong_pin", "light", "can't be controlled")
    messages.guest.sh("sproutcast call request_capture '{}'", 240)
    messages.expect_message("no_camera", "camera", "video99")
    messages.capture_page("bare-board", ALERTS)
    messages.guest.sh(f"echo '[light' > {CONFIG}; systemctl restart sproutcast", 600)
    messages.expect_message("broken_configuration", "config", "The last good copy is in force")


def check_headless(guest: Guest, check: Check, work: Path) -> None:
    """Start without a display: the screen's unit is skipped without a failure, and the doctor reports it."""
    guest.wait_for_agent()
    guest.wait_until("systemctl is-active sproutcast", PATIENCE_S)
    HealthMessages(guest, check, work).expect_lamp("no_screen")
    unit = guest.wait_until(
        "systemctl show -P ConditionResult -P ActiveState sproutcast-screen | grep .", PATIENCE_S
    ).out
    check.that("no_screen_no_failure", sorted(unit.split()) == ["inactive", "no"], unit)
    output = guest.sh("sproutcast doctor", 300).out
    held = "No display is connected" in output and "The daemon answers" in output
    check.that("no_screen_reported", held, output)
    check_first_pairing(guest, check)


def check_first_pairing(guest: Guest, check: Check) -> None:
    """Pairing with a fresh device without a display: the first phone needs no code, the second does."""
    guest.sh(f"systemctl stop sproutcast; rm -rf /var/lib/sproutcast/*; cat > {CONFIG} <<'END'\n{WRONG}END", 300)
    guest.sh("systemctl start sproutcast", 600)
    needed = guest.wait_until(guest_python(HTTP_REQUEST.format(url=PAIRING, body="None")), PATIENCE_S).out
    check.that("no_screen_needs_no_code", '"code_needed":false' in needed, needed)
    pair = guest_python(HTTP_REQUEST.format(url=PAIRING, body=b"{}"))
    first, second = (guest.sh(f"{pair} 2>&1", 120).out for _ in range(2))
    check.that("first_phone_is_the_owners", '"role":"owner"' in first, first[-80:])
    check.that("second_phone_needs_a_code", "401" in second, second[-80:])


def check_systemd_crash(guest: Guest, check: Check) -> None:
    """Crash of systemd, and with it of everything that restarts services: the system reboots."""
    before = guest.sh(BOOT_ID).out
    guest.send("kill -s SEGV 1")
    guest.wait_for_reboot(PATIENCE_S)
    after = guest.wait_until(f"systemctl is-active sproutcast > /dev/null && {BOOT_ID}", PATIENCE_S).out
    check.that("crashed_systemd_starts_again", after != before, guest.sh("sproutcast events --count 1", 200).out)


def guest_python(code: str) -> str:
    """Guest command that runs Python code."""
    return f"python3 -c {shlex.quote(code)}"


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
        check.that("the guest keeps running", held=False, seen=str(error))
    print(json.dumps({**check.results, "failed": check.failed}))
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
