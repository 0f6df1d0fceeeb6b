"""Why did it last start? From what the last start left behind, what systemd saw, and what the machine remembers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.services.boot.start_counter import StartState

SERVICE_END = "service-end.json"
RESET_CAUSE = Path("run/sproutcast-system/reset-cause")
"""Written as root before us, from what watchdog and kernel kept over the reset: watchdog, panic, reset, or nothing."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

Kind = Literal["first", "asked", "update", "reset", "crash", "watchdog", "panic", "power"]
FAILURE_KINDS: frozenset[Kind] = frozenset({"crash", "watchdog", "panic"})
"""Ends that count as a failed start, when they come before it has proved itself."""
REQUESTED: Mapping[str, tuple[Kind, str]] = {
    "update": ("update", "Restarted to try an update."),
    "reset": ("reset", "Restarted to be reset to how it came."),
    "restart": ("asked", "Restarted because somebody asked for it."),
    "shut_down": ("asked", "Switched on again after it had been switched off in order."),
}
SERVICE_RESULTS: Mapping[str, tuple[Kind, str]] = {
    "watchdog": ("watchdog", "The program hung, and the system's watchdog started it anew."),
    "oom-kill": ("crash", "The program was ended because memory ran out, and was started anew."),
    "signal": ("crash", "The program was killed, and was started anew."),
    "core-dump": ("crash", "The program crashed, and was started anew."),
    "exit-code": ("crash", "The program ended with an error, and was started anew."),
    "timeout": ("crash", "The program did not start or stop in time, and was started anew."),
}


class RestartCause(msgspec.Struct, frozen=True, kw_only=True):
    """Why this start happened."""

    kind: Kind
    sentence: str


class ServiceEnd(msgspec.Struct, frozen=True, kw_only=True):
    """How systemd saw the daemon end; systemd.exec(5) lists the results."""

    result: str
    boot: str


def find_restart_cause(
    before: StartState | None, *, boot: str, version: str, end: ServiceEnd | None, machine: str
) -> RestartCause:
    """The likeliest cause. Within one boot the program ended; in another boot the machine did."""
    if before is None:
        return RestartCause(kind="first", sentence="The first start.")
    if before.boot == boot:
        return _program(before, version, end if end and end.boot == boot else None)
    return _machine(before, machine)


def _program(before: StartState, version: str, end: ServiceEnd | None) -> RestartCause:
    if before.version and before.version != version:
        return RestartCause(kind="update", sentence=f"Version {version} took the place of {before.version}.")
    if before.stopped:
        return RestartCause(kind="asked", sentence="The program was stopped and started again in order.")
    kind, sentence = SERVICE_RESULTS.get(
        end.result if end else "", ("crash", "The program ended unexpectedly, and began anew.")
    )
    doing = f" It was {before.reason}." if before.reason else ""
    return RestartCause(kind=kind, sentence=sentence + doing)


def _machine(before: StartState, machine: str) -> RestartCause:
    if before.intent:
        kind, sentence = REQUESTED[before.intent]
        return RestartCause(kind=kind, sentence=sentence)
    if machine == "watchdog":
        return RestartCause(kind="watchdog", sentence="The whole system hung, and its hardware watchdog restarted it.")
    if machine == "panic":
        return RestartCause(kind="panic", sentence="The system's kernel stopped with an error and restarted.")
    if before.stopped:
        return RestartCause(kind="asked", sentence="The system was shut down in order and started again.")
    if machine == "reset":
        return RestartCause(kind="watchdog", sentence="The system hung or its kernel stopped, and it was restarted.")
    return RestartCause(kind="power", sentence="Power was cut, or the system hung without a trace.")


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
    """How the daemon ended last, as far as systemd told."""
    try:
        return msgspec.json.decode((data / SERVICE_END).read_bytes(), type=ServiceEnd)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
