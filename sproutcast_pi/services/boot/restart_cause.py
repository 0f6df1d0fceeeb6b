"""Why did it last start? From what the last start left behind, what systemd saw, and what the machine remembers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.messages.areas import appliance
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.boot.start_counter import Intent, StartState

SERVICE_END = "service-end.json"
RESET_CAUSE = Path("run/sproutcast-system/reset-cause")
"""Written as root before us, from what watchdog and kernel kept over the reset: watchdog, panic, reset, or nothing."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

Kind = Literal["first", "asked", "update", "reset", "crash", "watchdog", "panic", "power"]
FAILURE_KINDS: frozenset[Kind] = frozenset({"crash", "watchdog", "panic"})
"""Ends that count as a failed start, when they come before it has proved itself."""
REQUEST_KINDS: Mapping[Intent, Kind] = {"update": "update", "reset": "reset"}
"""Of restarts that the daemon requested; the others are of the kind asked."""


class RestartCause(msgspec.Struct, frozen=True, kw_only=True):
    """Why this start happened."""

    kind: Kind
    message: Message


class ServiceEnd(msgspec.Struct, frozen=True, kw_only=True):
    """How systemd saw the daemon end; systemd.exec(5) lists the results."""

    result: str
    boot: str


def find_restart_cause(
    before: StartState | None, *, boot: str, version: str, end: ServiceEnd | None, machine: str
) -> RestartCause:
    """The likeliest cause. Within one boot the program ended; in another boot the machine did."""
    if before is None:
        return RestartCause(kind="first", message=appliance.FIRST_START())
    if before.boot == boot:
        return _program(before, version, end if end and end.boot == boot else None)
    return _machine(before, machine)


def _program(before: StartState, version: str, end: ServiceEnd | None) -> RestartCause:
    if before.version and before.version != version:
        return RestartCause(kind="update", message=appliance.VERSION_REPLACED(version=version, before=before.version))
    if before.stopped:
        return RestartCause(kind="asked", message=appliance.PROGRAM_RESTARTED())
    result = end.result if end else ""
    ending = appliance.SERVICE_RESULTS.get(result, appliance.PROGRAM_ENDED)()
    phase = appliance.IT_WAS(phase=appliance.phase_name(before.reason)) if before.reason else None
    return RestartCause(kind="watchdog" if result == "watchdog" else "crash", message=sentences(ending, phase))


def _machine(before: StartState, machine: str) -> RestartCause:
    if before.intent:
        return RestartCause(
            kind=REQUEST_KINDS.get(before.intent, "asked"), message=appliance.REQUESTED[before.intent]()
        )
    if machine == "watchdog":
        return RestartCause(kind="watchdog", message=appliance.MACHINE_HUNG())
    if machine == "panic":
        return RestartCause(kind="panic", message=appliance.KERNEL_PANIC())
    if before.stopped:
        return RestartCause(kind="asked", message=appliance.MACHINE_RESTARTED())
    if machine == "reset":
        return RestartCause(kind="watchdog", message=appliance.MACHINE_RESET())
    return RestartCause(kind="power", message=appliance.POWER_CUT())


def boot_id() -> str:
    """The kernel's name for this boot."""
    return _text(BOOT_ID)


def machine_cause(root: Path = Path("/")) -> str:
    """What the machine remembers of its last reset; "" where it remembers nothing."""
    return _text(root / RESET_CAUSE)


def save_service_end(data: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Write down how systemd saw the daemon end, for the next start; nothing outside of systemd. Never raises."""
    result = environment.get("SERVICE_RESULT")
    if result and data.is_dir():
        with contextlib.suppress(OSError):
            write_atomic(data / SERVICE_END, msgspec.json.encode(ServiceEnd(result=result, boot=boot_id())))


def read_service_end(data: Path) -> ServiceEnd | None:
    """How the daemon ended last, as far as systemd knows."""
    try:
        return msgspec.json.decode((data / SERVICE_END).read_bytes(), type=ServiceEnd)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
