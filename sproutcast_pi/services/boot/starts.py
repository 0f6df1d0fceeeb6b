"""Count starts that did not prove themselves; after three in a row the next one is a safe one.

A start is written down as failed before anything is tried, and forgiven once it has proved itself or was asked to stop.
In safe mode only light and screen run, with the reason and the way out.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

LIMIT = 3
"""Failed starts in a row after which the next is safe."""
PROVED_AFTER_S = 120.0
"""A daemon that has kept light and store for so long has started."""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept between starts."""

    failed: int = 0
    reason: str = ""
    """What the last start was doing, or died of, as far as it could tell."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How this start has to be."""

    safe: bool
    failed: int
    """Failed starts in a row before this one."""
    sentence: str = ""
    """For the owner, when safe."""


class Starts:
    """`begin` first, `doing` while starting, `proved` when up, `stopped` when asked to stop."""

    def __init__(self, path: Path) -> None:
        """Keep the count in the file at `path`."""
        self._path = path
        self._count = Count()

    def begin(self) -> Verdict:
        """Count this start as failed until it proves itself, and say whether it has to be a safe one. Never raises."""
        before = self._read()
        self._write(Count(failed=before.failed + 1, reason=before.reason))
        if before.failed < LIMIT:
            return Verdict(safe=False, failed=before.failed)
        last = f" The last one ended while: {before.reason}." if before.reason else ""
        return Verdict(
            safe=True,
            failed=before.failed,
            sentence=f"{before.failed} starts in a row failed, so only light and screen run now.{last} "
            "Restart to try everything again, or restore a backup, or reset the device.",
        )

    def doing(self, reason: str) -> None:
        """What is being tried now, told should this start fail."""
        if reason != self._count.reason:
            self._write(Count(failed=self._count.failed, reason=reason))

    def proved(self) -> None:
        """Forget the failed starts: we are up."""
        self._write(Count())

    def stopped(self) -> None:
        """We were asked to stop: not a failure. Leaving safe mode this way tries everything again."""
        self._write(Count())

    def _read(self) -> Count:
        try:
            count = msgspec.json.decode(self._path.read_bytes(), type=Count)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return Count()
        return count if count.failed >= 0 else Count()

    def _write(self, count: Count) -> None:
        self._count = count
        temporary = self._path.with_suffix(".new")
        # A card that can't be written must not keep the lamp dark.
        with contextlib.suppress(OSError):
            with temporary.open("wb") as file:
                file.write(msgspec.json.encode(count))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
