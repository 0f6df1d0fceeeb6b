"""Put an update into the slot that is not running, have it tried once, and keep it once it has proved itself.

A cut at any moment leaves the running slot as it was: the other is written whole and checked before it is to start.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from sproutcast_pi.services.updates.bundle import UpdateError, newer, read_manifest, write_images
from sproutcast_pi.services.updates.selection import Selection, Slot, other


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """The system as it was started, told by the kernel's command line."""

    slot: Slot
    trying: bool
    """Whether this start is a try that nobody has committed yet."""


def running(command_line: str) -> Running:
    """From `/proc/cmdline`; raises UpdateError on a system without slots."""
    words = dict(word.split("=", 1) for word in command_line.split() if "=" in word)
    slot = words.get("sproutcast.slot")
    if slot not in ("a", "b"):
        raise UpdateError(
            "This system has no slots, so it is updated as a package: apt install ./sproutcast-pi_....deb."
        )
    return Running(slot="b" if slot == "b" else "a", trying=words.get("sproutcast.try") == "1")


class Updates:
    """Installs and commits. Needs to be root where the partitions are real ones."""

    def __init__(
        self, *, now: Running, version: str, board: str, selection: Selection, partitions: Path, key: Path
    ) -> None:
        """`partitions` has the names boot_a, boot_b, system_a, system_b, normally /dev/disk/by-partlabel."""
        self._now = now
        self._version = version
        self._board = board
        self._selection = selection
        self._partitions = partitions
        self._key = key

    def install(self, bundle: Path) -> tuple[str, ...]:
        """Write the update and have it tried at the next start; the command that restarts so.

        Raises UpdateError with a sentence; then nothing that is in use was touched.
        """
        if self.unproved():
            raise UpdateError("The running version has not proved itself yet; wait until it has, then update again.")
        manifest = read_manifest(bundle, self._key)
        if self._board not in manifest.boards:
            raise UpdateError(f"This update is for {', '.join(manifest.boards)}, not for this device ({self._board}).")
        if not newer(manifest.version, self._version):
            raise UpdateError(f"The update has version {manifest.version}, this device already has {self._version}.")
        slot = other(self._now.slot)
        targets = {name: self._partitions / f"{name}_{slot}" for name in ("system", "boot")}
        write_images(bundle, manifest, targets)
        return self._selection.try_next(slot)

    def unproved(self) -> bool:
        """Whether the running slot is only being tried."""
        return self._now.trying and self._selection.in_force() != self._now.slot

    def commit(self) -> bool:
        """The running slot has proved itself; True when that changed what is in force."""
        if not self.unproved():
            return False
        self._selection.commit(self._now.slot)
        return True
