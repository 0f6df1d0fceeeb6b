"""Update status and slots as reported by a guest."""

from __future__ import annotations

import json
import time

from guest import Guest, GuestError

PATIENCE_S = 1500.0


def status(guest: Guest) -> str:
    """Output of `update status`; "" until the daemon has reported."""
    return guest.sh("sproutcast update status", 120).out


def wait_for_status(guest: Guest, word: str) -> str:
    """Wait until the status contains a word. Polled slowly: an emulated processor takes long to start a program."""
    end = time.monotonic() + PATIENCE_S
    while word not in (reported := status(guest)):
        if time.monotonic() > end:
            raise GuestError(f"still: {reported}")
        time.sleep(10)
    return reported


def wait_for_recorded_status(guest: Guest, word: str) -> str:
    """Wait until the privileged helper's file contains a word, then until the status does."""
    guest.wait_until(f"grep -q '{word}' /run/sproutcast-system/progress.json", PATIENCE_S)
    return wait_for_status(guest, word)


def percent(guest: Guest) -> float:
    """Progress of writing in percent."""
    text = guest.sh("cat /run/sproutcast-system/progress.json").out
    return float((json.loads(text) if text else {}).get("percent") or 0.0)


def slot(guest: Guest) -> str:
    """The running slot and whether it is on trial."""
    words = guest.sh("cat /proc/cmdline").out.split()
    return " ".join(
        word.removeprefix("sproutcast.") for word in words if word.startswith("sproutcast.") and "=" in word
    )
