"""Subprocess runner with error messages for the owner."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import screen
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message

TIMEOUT_S = 45.0
LONG_TIMEOUT_S = 1800.0
"""Timeout of long commands: a video of a thousand photos takes minutes on a Raspberry Pi."""


class MachineError(SproutcastError):
    """A failed machine tool."""


class ToolFailedError(MachineError):
    """A machine tool that ended with an error; `status` is its exit status."""

    def __init__(self, message: Message, status: int) -> None:
        super().__init__(message)
        self.status = status


class NoToolError(MachineError):
    """A machine tool that is not installed."""


Run = Callable[[Sequence[str]], str]


def run_long(command: Sequence[str]) -> str:
    """Run a program that may take long and return what it printed. Raises MachineError."""
    return run(command, LONG_TIMEOUT_S)


def run(command: Sequence[str], within_s: float = TIMEOUT_S) -> str:
    """Run a program and return what it printed. Raises MachineError."""
    try:
        done = subprocess.run(list(command), capture_output=True, text=True, timeout=within_s, check=False)
    except FileNotFoundError as fault:
        raise NoToolError(screen.NO_TOOL(program=command[0])) from fault
    except subprocess.TimeoutExpired as fault:
        raise MachineError(screen.TOOL_SILENT(program=command[0], seconds=within_s)) from fault
    except OSError as fault:
        raise MachineError(screen.TOOL_NOT_STARTED(program=command[0], reason=cause(fault))) from fault
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        program, status = command[0], done.returncode
        text = verbatim(lines[-1].removeprefix("sproutcast: ")) if lines else None
        raise ToolFailedError(text or screen.TOOL_FAILED(program=program, status=status), status)
    return done.stdout
