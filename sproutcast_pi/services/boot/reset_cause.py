"""Cause of the last reset as hardware and kernel recorded it, saved as root for the daemon, which may not read it."""

from __future__ import annotations

from pathlib import Path

from sproutcast_pi.services.boot.restart_cause import RESET_CAUSE

WATCHDOGS = Path("sys/class/watchdog")
CARD_RESET = 0x20
"""WDIOF_CARDRESET of linux/watchdog.h: the watchdog had run out."""
PI_RESET_STATUS = Path("proc/device-tree/chosen/bootloader/rsts")
"""The Pi's PM_RSTS register as its bootloader saw it (big-endian): the Pi's watchdog driver reports no bootstatus.

Bits as in Linux drivers/watchdog/bcm2835_wdt.c and the BCM2835's power management: 0x1000 is set by a power-on, 0x20 by
the watchdog, which also carries out ordinary reboots and those after a panic."""
POWER_ON, WATCHDOG_RESET = 0x1000, 0x20
PANICS = Path("sys/fs/pstore")
"""Where the kernel leaves its last words, on machines with a memory for them."""


def save_reset_cause(root: Path = Path("/")) -> None:
    """Write "panic", "watchdog" or "reset" (either, or a reboot) where the daemon reads it; panics are then removed."""
    last_words = sorted((root / PANICS).glob("dmesg-*"))
    if last_words:
        cause = "panic"
    elif _watchdog_fired(root / WATCHDOGS):
        cause = "watchdog"
    elif _was_reset(root / PI_RESET_STATUS):
        cause = "reset"
    else:
        return
    (root / RESET_CAUSE).parent.mkdir(parents=True, exist_ok=True)
    (root / RESET_CAUSE).write_text(cause + "\n")
    (root / RESET_CAUSE).chmod(0o644)
    for path in last_words:
        path.unlink()


def _was_reset(status: Path) -> bool:
    """Whether a Pi was reset without its power being cut."""
    try:
        bits = int.from_bytes(status.read_bytes(), "big")
    except OSError:
        return False
    return bool(bits & WATCHDOG_RESET) and not bits & POWER_ON


def _watchdog_fired(watchdogs: Path) -> bool:
    for status in watchdogs.glob("watchdog*/bootstatus"):
        try:
            if int(status.read_text()) & CARD_RESET:
                return True
        except (OSError, ValueError):
            continue
    return False
