"""Start the virtual image from its own firmware and boot menu; check what a grower gets. One JSON line at the end."""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import sys
import time
from pathlib import Path

from guest import Guest, GuestError, fresh_card, put, read

DISCOVERY = (
    "/opt/sproutcast/bin/python3 -c 'import json; import paho.mqtt.subscribe as s; "
    'm = s.simple("homeassistant/#", hostname="127.0.0.1", msg_count=1); '
    "print(m.topic); print(list(json.loads(m.payload)))'"
)
BOOT_FILE = 'name = "Kitchen"\ntime_zone = "Europe/Berlin"\n[wifi]\nnam = "Home"\n'
UNITS = ("sproutcast", "sproutcast-screen", "mosquitto", "NetworkManager", "avahi-daemon", "systemd-timesyncd")
COLOURS = 100
PATIENCE_S = 900.0
LIGHT_PAGE = (44 / 800, 245 / 480)
LIGHT_ON = (656 / 800, 380 / 480)


def pixels_that_differ(before: Path, now: Path, guest: Guest) -> float:
    """Take a picture, and tell what share of the files' bytes is another one."""
    guest.screenshot(now)
    first, second = before.read_bytes(), now.read_bytes()
    return 1.0 if len(first) != len(second) else sum(a != b for a, b in zip(first, second, strict=True)) / len(first)


def rows(columns: str, table: str) -> str:
    """The command that prints these columns of a table, read beside the running daemon."""
    query = f"SELECT {columns} FROM {table}"  # noqa: S608 - both are written in this file
    return (
        "/opt/sproutcast/bin/python3 -c 'import apsw, json; "
        'c = apsw.Connection("file:/var/lib/sproutcast/sproutcast.sqlite3?mode=ro", '
        "flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI); "
        f'print(json.dumps([list(r) for r in c.execute("{query}")]))\''
    )


class Check:
    """Collects what was shown; a failed one is told at once and counted."""

    def __init__(self) -> None:
        self.results: dict[str, object] = {}
        self.failed: list[str] = []

    def that(self, name: str, held: bool, seen: object = "") -> None:
        """Note one check."""
        self.results[name] = seen if seen != "" else held
        print(f"{'ok  ' if held else 'FAIL'} {name}: {seen}", flush=True)
        if not held:
            self.failed.append(name)


def look(guest: Guest, check: Check, pictures: Path, began: float) -> None:
    """Everything that one start of the image shows."""
    guest.wait_for_agent()
    check.that("answers_after_s", True, round(time.monotonic() - began))
    guest.until("systemctl is-active sproutcast && systemctl is-active sproutcast-screen", 600)
    check.that("daemon_and_screen_after_s", True, round(time.monotonic() - began))
    states = guest.sh("systemctl is-active " + " ".join(UNITS)).out.split()
    check.that("units", states == ["active"] * len(UNITS), dict(zip(UNITS, states, strict=False)))
    check.that(
        "failed_units",
        guest.sh("systemctl --failed --no-legend").out == "",
        guest.sh("systemctl --failed --no-legend").out or "none",
    )
    watchdog = guest.sh("systemctl show -p WatchdogDevice -p RuntimeWatchdogUSec --value").out.split()
    check.that(
        "watchdog", "/dev/watchdog0" in watchdog and "infinity" not in watchdog and "0" not in watchdog, watchdog
    )
    root = guest.sh("findmnt -n -o FSTYPE,OPTIONS /").out
    check.that("root_is_read_only", root.startswith("erofs") and "ro" in root, root[:40])
    check.that(
        "data_partition",
        "ext4" in guest.sh("findmnt -n -o FSTYPE,SOURCE /data").out,
        guest.sh("df -h --output=size /data | tail -1").out.strip(),
    )
    identity = guest.sh("hostname; cat /etc/machine-id").out.split()
    check.that("identity", len(identity) == 2 and identity[0] == f"sproutcast-{identity[1][:4]}", identity[0])  # noqa: PLR2004 - a name, an id
    listening = guest.sh("cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == \"0A\" { print $2 }'").out.split()
    open_ports = {
        int(entry.split(":")[1], 16)
        for entry in listening
        if not entry.startswith(("0100007F", "00000000000000000000000001000000"))
    }
    check.that("open_ports", open_ports == {8080}, sorted(open_ports))
    passwords = guest.sh("awk -F: '$2 !~ /^[!*]/ { print $1 }' /etc/shadow").out
    check.that("no_passwords", passwords == "", passwords or "none")
    check.that("zram", "zram" in guest.sh("cat /proc/swaps").out)
    for unit in ("sproutcast", "sproutcast-screen"):
        line = guest.sh(f"systemd-analyze security --no-pager {unit} | tail -1", 180).out
        score = float(line.split(":")[1].split()[0])
        check.that(f"exposure_of_{unit}", score <= 2.0, score)  # noqa: PLR2004 - the limit we promise
    check.that(
        "boot_file",
        "Kitchen" in guest.sh("cat /etc/sproutcast/config.toml").out,
        guest.sh("readlink /var/lib/sproutcast-system/localtime").out,
    )
    see_the_screen(guest, check, pictures)
    results_and_announcements(guest, check)
    check.that("boot", True, guest.sh("systemd-analyze | head -1", 180).out)


def see_the_screen(guest: Guest, check: Check, pictures: Path) -> None:
    """The home screen is drawn, a tap opens the light, and another moves it."""
    home, light = pictures / "image-home.png", pictures / "image-light.png"
    end = time.monotonic() + PATIENCE_S
    while (colours := guest.screenshot(home)) < COLOURS and time.monotonic() < end:
        time.sleep(5)
    check.that("home_screen_drawn", colours >= COLOURS, f"{colours} colours")
    guest.tap(*LIGHT_PAGE)
    end = time.monotonic() + 120
    while (differs := pixels_that_differ(home, light, guest)) < 0.02 and time.monotonic() < end:  # noqa: PLR2004
        time.sleep(5)
    check.that("tap_opens_the_light", differs >= 0.02, round(differs, 3))  # noqa: PLR2004
    guest.tap(*LIGHT_ON)
    moved = guest.until('grep -o \'"override":{"level":1.0\' /var/lib/sproutcast/light.json', 180)
    check.that("tap_moves_the_light", moved.code == 0, moved.out)


def results_and_announcements(guest: Guest, check: Check) -> None:
    """A capture goes through the worker into the store, and Home Assistant is told on the guest's own broker."""
    called = guest.sh("sproutcast call request_capture '{}'", 240)
    check.that("capture_requested", called.code == 0, called.out or called.err)
    with contextlib.suppress(GuestError):  # what the rows say is checked next
        guest.until(rows("state", "capture") + " | grep -q done", 900)
    captures = guest.sh(rows("state, error", "capture"), 120).out
    results = guest.sh(rows("count(*)", "analysis_result"), 120).out
    check.that("results_stored", results not in ("", "[[0]]"), f"{captures} {results}")
    announced = guest.sh(DISCOVERY, 120)
    check.that("home_assistant_announced", announced.code == 0, announced.out or announced.err[-300:])


def main() -> int:
    """Exit status 1 when anything did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--keep", action="store_true", help="leave the guest's card for a look")
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    card = fresh_card(args.image, args.work)
    put(card, "sproutcast.toml", BOOT_FILE)
    check = Check()
    began = time.monotonic()
    with Guest(card, args.work) as guest:
        try:
            look(guest, check, args.work, began)
        except GuestError as error:
            check.that("the guest goes on", False, str(error))
    told = (read(card, "sproutcast-faults.txt") or b"").decode()
    check.that("boot_file_faults_told", 'did you mean "name"' in told, told)
    check.that("boot_file_put_away", read(card, "sproutcast.toml") is None)
    if not args.keep:
        card.unlink()
    print(json.dumps({**check.results, "failed": check.failed}))
    return 1 if check.failed else 0


sys.exit(main())
