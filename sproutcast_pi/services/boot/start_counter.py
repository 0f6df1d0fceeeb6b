"""Count starts that did not prove themselves; after three in a row the next one is a safe one.

A start is written down as failed before anything is tried, and forgiven once it has proved itself or was asked to stop.
Power that goes is nobody's failure. In safe mode only light and screen run, with the reason and the way out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.messages.areas import appliance
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.message import Message

MAX_FAILED_STARTS = 3
"""Failed starts in a row after which the next is safe."""
PROVEN_AFTER_S = 120.0
"""A daemon that has kept light and store for so long has started."""

Intent = Literal["", "update", "reset", "restart", "shut_down"]


class StartState(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept between starts."""

    failed: int = 0
    reason: str = ""
    """What the last start was doing, a key of `appliance.PHASES`."""
    boot: str = ""
    """The kernel's name for the boot it happened in."""
    version: str = ""
    stopped: bool = False
    """Whether it ended because it was asked to."""
    intent: Intent = ""
    """What the restart was for that it asked for itself."""


class StartMode(msgspec.Struct, frozen=True, kw_only=True):
    """How this start has to be."""

    safe: bool
    failed: int
    """Failed starts in a row before this one."""
    message: Message | None = None
    """For the owner, when safe."""


class StartCounter:
    """`begin` first, `record_phase` while starting, `record_success` when up, `record_stop` when asked to stop."""

    def __init__(self, path: Path) -> None:
        """Keep the count in the file at `path`."""
        self._path = path
        self.previous = self._read()
        """How the last start was left; None: there was none, or nobody can tell."""
        self._state = self.previous or StartState()

    def begin(self, *, boot: str = "", version: str = "", blameless: bool = False) -> StartMode:
        """Count this start as failed until it proves itself, and say whether it has to be a safe one. Never raises.

        `blameless`: the last start was ended from outside, by the plug for example, and is taken off the count.
        """
        before = self._state
        failed = max(0, before.failed - 1) if blameless else before.failed
        self._write(StartState(failed=failed + 1, reason=before.reason, boot=boot, version=version))
        if failed < MAX_FAILED_STARTS:
            return StartMode(safe=False, failed=failed)
        last = appliance.LAST_ENDED(phase=appliance.phase_name(before.reason)) if before.reason else None
        return StartMode(safe=True, failed=failed, message=sentences(appliance.SAFE_MODE(n=failed), last))

    def record_phase(self, reason: str) -> None:
        """Keep what is being done now, a key of `appliance.PHASES`, for the case that this start fails."""
        if reason != self._state.reason:
            self._change(reason=reason)

    def record_success(self) -> None:
        """Forget the failed starts: we are up."""
        if self._state.failed or self._state.reason:
            self._change(failed=0, reason="")

    def try_again(self) -> None:
        """Leave safe mode; should everything fail once more, the next start is safe again."""
        self._change(failed=MAX_FAILED_STARTS, reason="")

    def record_stop(self) -> None:
        """We were asked to stop: not a failure. Leaving safe mode this way tries everything again."""
        self._change(failed=0, reason="", stopped=True)

    def record_intent(self, intent: Intent) -> None:
        """We are about to ask for a restart of the machine."""
        self._change(intent=intent)

    def _change(self, **changes: object) -> None:
        self._write(msgspec.structs.replace(self._state, **changes))

    def _read(self) -> StartState | None:
        try:
            count = msgspec.json.decode(self._path.read_bytes(), type=StartState)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None
        return count if count.failed >= 0 else None

    def _write(self, count: StartState) -> None:
        self._state = count
        try:
            write_atomic(self._path, msgspec.json.encode(count))
        except OSError:
            # A card that can't be written must not keep the lamp dark; what was not kept is not counted.
            return
