"""A command of the device in a child process at the lowest priority, so that it delays neither light nor photos."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import screen
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.areas.text import verbatim

NICE = ("nice", "-n", "19")


async def run_child(command: Sequence[str], timeout_s: float) -> str:
    """Run a program and return its output; ends it when the request is cancelled.

    Raises RefusedError with the program's last line where it fails, is not installed or takes longer than `timeout_s`.
    """
    program = command[0]
    try:
        child = await asyncio.create_subprocess_exec(
            *NICE, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
    except OSError as error:
        reason = screen.TOOL_NOT_STARTED(program=program, reason=cause(error))
        raise RefusedError(reason, code="unavailable") from None
    try:
        async with asyncio.timeout(timeout_s):
            output, errors = await child.communicate()
    except TimeoutError:
        raise RefusedError(screen.TOOL_SILENT(program=program, seconds=timeout_s), code="unavailable") from None
    finally:
        if child.returncode is None:
            child.terminate()
    if child.returncode:
        lines = (errors or output).decode(errors="replace").strip().splitlines()
        text = verbatim(lines[-1].removeprefix("sproutcast: ")) if lines else None
        failed = screen.TOOL_FAILED(program=program, status=child.returncode)
        raise RefusedError(text or failed, code="unavailable")
    return output.decode(errors="replace")
