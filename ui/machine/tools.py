"""Subprocess runner with error messages for the owner."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence

TIMEOUT_S = 45.0
LONG_TIMEOUT_S = 1800.0
"""Timeout of long commands: a video of a thousand photos takes minutes on a Raspberry Pi."""


class MachineError(Exception):
    """A failed machine tool; the text is a message for the owner."""


Run = Callable[[Sequence[str]], str]


def run_long(command: Sequence[str]) -> str:
    """Run a program that may take long and return what it printed. Raises MachineError."""
    return run(command, LONG_TIMEOUT_S)


def run(command: Sequence[str], within_s: float = TIMEOUT_S) -> str:
    """Run a program and return what it printed. Raises MachineError."""
    try:
        done = subprocess.run(list(command), capture_output=True, text=True, timeout=within_s, check=False)
    except FileNotFoundError as fault:
        raise MachineError(f"{command[0]} is not on this machine.") from fault
    except subprocess.TimeoutExpired as fault:
        raise MachineError(f"{command[0]} did not answer within {within_s:.0f} seconds; try again.") from fault
    except OSError as fault:
        raise MachineError(f"{command[0]} could not be started: {fault.strerror}.") from fault
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise MachineError(said[-1] if said else f"{command[0]} failed ({done.returncode}).")
    return done.stdout
