"""What a guest says of its slots and of the update that is being installed."""

from __future__ import annotations

import json
import time

from guest import Guest, GuestError

PATIENCE_S = 1500.0


def status(guest: Guest) -> str:
    """What `update status` prints; "" while the daemon has not said anything."""
    return guest.sh("sproutcast update status", 120).out


def wait_for_status(guest: Guest, word: str) -> str:
    """Wait until the status has this word. Asked seldom: an emulated processor takes long to start a program."""
    end = time.monotonic() + PATIENCE_S
    while word not in (told := status(guest)):
        if time.monotonic() > end:
            raise GuestError(f"still: {told}")
        time.sleep(10)
    return told


def wait_for_recorded_status(guest: Guest, word: str) -> str:
    """Wait until the deputy's own file has this word, then until the status has it, too."""
    guest.wait_until(f"grep -q '{word}' /run/sproutcast-system/progress.json", PATIENCE_S)
    return wait_for_status(guest, word)


def percent(guest: Guest) -> float:
    """How far the writing is."""
    told = guest.sh("cat /run/sproutcast-system/progress.json").out
    return float((json.loads(told) if told else {}).get("percent") or 0.0)


def slot(guest: Guest) -> str:
    """Which slot runs, and whether it is being tried."""
    words = guest.sh("cat /proc/cmdline").out.split()
    return " ".join(
        word.removeprefix("sproutcast.") for word in words if word.startswith("sproutcast.") and "=" in word
    )
