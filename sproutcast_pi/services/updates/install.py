"""Put an update into the slot that is not running, have it tried once, and keep it once it has proved itself.

A cut at any moment leaves the running slot as it was: the other is written whole and checked before it is to start.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sproutcast_pi.services.updates.bundle import Bundle, Manifest, UpdateError, newer
from sproutcast_pi.services.updates.excuses import Part
from sproutcast_pi.services.updates.ledger import Entry, close_entry, read_entry, write_entry
from sproutcast_pi.services.updates.running import Running
from sproutcast_pi.services.updates.selection import Selection, other


class Updates:
    """Installs, commits and goes back. Needs to be root where the partitions are real ones."""

    def __init__(
        self, *, now: Running, version: str, board: str, selection: Selection, partitions: Path, ledger: Path
    ) -> None:
        """`partitions` has the names boot_a, boot_b, system_a, system_b, normally /dev/disk/by-partlabel."""
        self._now = now
        self._version = version
        self._board = board
        self._selection = selection
        self._partitions = partitions
        self._ledger = ledger

    def fits(self, manifest: Manifest) -> None:
        """Raise UpdateError with a sentence when this update is not for this device, or nothing new."""
        if self._board not in manifest.boards:
            raise UpdateError(f"This update is for {', '.join(manifest.boards)}, not for this device ({self._board}).")
        if not newer(manifest.version, self._version):
            raise UpdateError(f"The update has version {manifest.version}, this device already has {self._version}.")

    def install(
        self, bundle: Bundle, progress: Callable[[float], None] = lambda _percent: None, broken: tuple[Part, ...] = ()
    ) -> tuple[str, ...]:
        """Write the update and have it tried at the next start; the command that restarts so.

        `broken` is what does not work now, so that it need not work then.
        Raises UpdateError with a sentence; then nothing that is in use was touched.
        """
        if self.unproved():
            raise UpdateError("The running version has not proved itself yet; wait until it has, then update again.")
        self.fits(bundle.manifest)
        slot = other(self._now.slot)
        if self._selection.in_force() == slot:
            # The start fell back to us because that slot could not be started; nothing may start it half written.
            self._selection.commit(self._now.slot)
        bundle.write(
            {"system": self._partitions / f"system_{slot}", "boot": self._partitions / f"boot_{slot}"}, progress
        )
        version = bundle.manifest.version
        write_entry(self._ledger, Entry(version=version, slot=slot, before=self._version, broken=broken))
        return self._selection.try_next(slot)

    def unproved(self) -> bool:
        """Whether the running slot is only being tried."""
        return self._now.trying and self._selection.in_force() != self._now.slot

    def commit(self) -> bool:
        """The running slot has proved itself; True when that changed what is in force."""
        if not self.unproved():
            return False
        self._selection.commit(self._now.slot)
        close_entry(self._ledger, "kept")
        return True

    def roll_back(self, reason: str, broken: tuple[Part, ...] = ()) -> tuple[str, ...]:
        """Go to the version in the other slot; the command that restarts so. Raises UpdateError when it holds none.

        That version is tried, too, and `broken` need not work there.
        """
        if self.unproved():
            close_entry(self._ledger, "failed", reason)
            return ("systemctl", "reboot")
        entry = read_entry(self._ledger)
        if entry is None or entry.phase != "kept" or entry.slot != self._now.slot:
            raise UpdateError("There is no version before this one on the card that is known to work.")
        slot = other(self._now.slot)
        write_entry(self._ledger, Entry(version=entry.before, slot=slot, before=self._version, broken=broken))
        return self._selection.try_next(slot)
