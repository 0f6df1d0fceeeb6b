"""Operating-system checks of one start: units, watchdog, storage, identity, exposure."""

from __future__ import annotations

import json
from datetime import datetime

from check import Check, rows
from guest import Guest

from sproutcast_pi.model.light_plan import planned_level
from sproutcast_pi.model.light_schedule import LightSchedule

UNITS = ("sproutcast", "sproutcast-screen", "mosquitto", "NetworkManager", "avahi-daemon", "systemd-timesyncd")
OUR_UNITS = ("", "-screen", "-boot", "-name", "-guard", "-deputy", "-fetch@x")
MOST_EXPOSURE = 2.0
OUR_PORT = 8080
HOST = "greenhouse"
"""What the machine was called in Raspberry Pi Imager."""
ZONE = "Europe/Berlin"
LAMP_SLACK = 0.02
"""Tolerance: recorded levels are rounded, and the estimated clock may be a few seconds off."""


def check_system(guest: Guest, check: Check) -> None:
    """Check that all services run and nothing else is reachable."""
    states = guest.sh("systemctl is-active " + " ".join(UNITS)).out.split()
    check.that("units", states == ["active"] * len(UNITS), dict(zip(UNITS, states, strict=False)))
    failed = guest.sh("systemctl --failed --no-legend").out
    check.that("failed_units", failed == "", failed or "none")
    watchdog = guest.sh("systemctl show -p WatchdogDevice -p RuntimeWatchdogUSec --value").out.split()
    check.that("watchdog", "/dev/watchdog0" in watchdog and not {"infinity", "0"} & set(watchdog), watchdog)
    root = guest.sh("findmnt -n -o FSTYPE,OPTIONS /").out
    check.that("root_is_read_only", root.startswith("erofs") and "ro" in root, root[:40])
    data = guest.sh("findmnt -n -o FSTYPE,SOURCE /data").out
    check.that("data_partition", "ext4" in data, guest.sh("df -h --output=size /data | tail -1").out)
    check.that("name_chosen_in_imager", guest.sh("hostname").out == HOST, guest.sh("hostname").out)
    networks = guest.sh("nmcli -t -f NAME,TYPE connection show", 120).out
    check.that("network_chosen_in_imager", "sproutcast-wifi:802-11-wireless" in networks, networks)
    check.that("zram", "zram" in guest.sh("cat /proc/swaps").out)
    check.that("boot_file", "Kitchen" in guest.sh("cat /etc/sproutcast/config.toml").out)
    check.that("time_zone", guest.sh("readlink -f /etc/localtime").out.endswith(ZONE), ZONE)


def check_exposure(guest: Guest, check: Check) -> None:
    """Check open ports, passwords, and systemd's score of our units."""
    listening = guest.sh("cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == \"0A\" { print $2 }'").out.split()
    local = ("0100007F", "00000000000000000000000001000000")
    open_ports = {int(entry.split(":")[1], 16) for entry in listening if not entry.startswith(local)}
    check.that("open_ports", open_ports == {OUR_PORT}, sorted(open_ports))
    passwords = guest.sh("awk -F: '$2 !~ /^[!*]/ { print $1 }' /etc/shadow").out
    check.that("no_passwords", passwords == "", passwords or "none")
    for unit in OUR_UNITS:
        line = guest.sh(f"systemd-analyze security --no-pager sproutcast{unit} | tail -1", 180).out
        score = float(line.split(":")[1].split()[0])
        check.that(f"exposure_of_sproutcast{unit}", score <= MOST_EXPOSURE, score)


def check_lamp(guest: Guest, check: Check) -> None:
    """Time from the kernel's start to the first scheduled lamp level."""
    started = int(guest.sh("awk '$1 == \"btime\" { print $2 }' /proc/stat").out)
    at, level, _ = json.loads(guest.wait_until(rows("at, level, reason", "light_change ORDER BY id LIMIT 1"), 180).out)[
        0
    ]
    reached_at = datetime.fromisoformat(at)
    planned = planned_level(LightSchedule(zone=ZONE), reached_at)
    after = round(reached_at.timestamp() - started, 1)
    check.that("lamp_right_after_s", abs(level - planned) <= LAMP_SLACK, f"{after} s at {level:.2f}")
