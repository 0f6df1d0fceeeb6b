"""What hardware and kernel remember of the last reset, written down as root for the daemon, which may not ask them."""

from __future__ import annotations

from pathlib import Path

from sproutcast_pi.services.boot.restart_cause import RESET_CAUSE

WATCHDOGS = Path("sys/class/watchdog")
CARD_RESET = 0x20
"""WDIOF_CARDRESET of linux/watchdog.h: the watchdog had run out."""
PANICS = Path("sys/fs/pstore")
"""Where the kernel leaves its last words, on machines with a memory for them."""


def save_reset_cause(root: Path = Path("/")) -> None:
    """Write "panic" or "watchdog" where the daemon looks, when there is a trace of one. Panics are then forgotten."""
    last_words = sorted((root / PANICS).glob("dmesg-*"))
    cause = "panic" if last_words else "watchdog" if _watchdog_fired(root / WATCHDOGS) else ""
    if not cause:
        return
    (root / RESET_CAUSE).parent.mkdir(parents=True, exist_ok=True)
    (root / RESET_CAUSE).write_text(cause + "\n")
    (root / RESET_CAUSE).chmod(0o644)
    for path in last_words:
        path.unlink()


def _watchdog_fired(watchdogs: Path) -> bool:
    for status in watchdogs.glob("watchdog*/bootstatus"):
        try:
            if int(status.read_text()) & CARD_RESET:
                return True
        except (OSError, ValueError):
            continue
    return False
