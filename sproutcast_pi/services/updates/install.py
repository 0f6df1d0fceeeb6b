"""Put an update into the slot that is not running, have it tried once, and keep it once it has proved itself.

A cut at any moment leaves the running slot as it was: the other is written whole and checked before it is to start.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.updates.boot_slot import BootSlot
from sproutcast_pi.services.updates.bootloader import Bootloader, other_slot
from sproutcast_pi.services.updates.bundle import Bundle, UpdateError, UpdateManifest, is_newer
from sproutcast_pi.services.updates.card import CardPartitions, SlotPartitions
from sproutcast_pi.services.updates.preexisting_failures import Part
from sproutcast_pi.services.updates.update_state import (
    UpdateState,
    finish_update,
    read_update_state,
    write_update_state,
)


class UpdateInstaller:
    """Installs, commits and goes back. Needs to be root where the partitions are real ones."""

    def __init__(
        self,
        *,
        now: BootSlot,
        version: str,
        board: str,
        selection: Bootloader,
        card: CardPartitions,
        ledger: Path,
        prepare: Callable[[SlotPartitions, SlotPartitions], None] = lambda _running, _written: None,
    ) -> None:
        """`prepare` adapts a written slot to this device, from the running one; it raises what `install` does."""
        self._booted = now
        self._version = version
        self._board = board
        self._bootloader = selection
        self._card = card
        self._prepare = prepare
        self._state_folder = ledger

    def check_compatible(self, manifest: UpdateManifest) -> None:
        """Raise UpdateError with a sentence when this update is not for this device, or nothing new."""
        if self._board not in manifest.boards:
            raise UpdateError(updates.OTHER_BOARD(boards=", ".join(manifest.boards), board=self._board))
        if not is_newer(manifest.version, self._version):
            raise UpdateError(updates.NOT_NEWER(version=manifest.version, installed=self._version))

    def install(
        self, bundle: Bundle, progress: Callable[[float], None] = lambda _percent: None, broken: tuple[Part, ...] = ()
    ) -> tuple[str, ...]:
        """Write the update and have it tried at the next start; the command that restarts so.

        `broken` is what does not work now, so that it need not work then.
        Raises UpdateError with a sentence; then nothing that is in use was touched.
        """
        if self.is_on_trial():
            raise UpdateError(updates.ON_TRIAL())
        self.check_compatible(bundle.manifest)
        slot = other_slot(self._booted.slot)
        if self._bootloader.default_slot() == slot:
            # The start fell back to us because that slot could not be started; nothing may start it half written.
            self._bootloader.commit(self._booted.slot)
        target = self._card.slot(slot)
        bundle.write({"system": target.system, "boot": target.boot}, progress)
        self._prepare(self._card.slot(self._booted.slot), target)
        version = bundle.manifest.version
        write_update_state(
            self._state_folder, UpdateState(version=version, slot=slot, before=self._version, broken=broken)
        )
        return self._bootloader.boot_once(slot)

    def is_on_trial(self) -> bool:
        """Whether the running slot is only being tried."""
        return self._booted.trying and self._bootloader.default_slot() != self._booted.slot

    def commit(self) -> bool:
        """The running slot has proved itself; True when that changed what is in force."""
        if not self.is_on_trial():
            return False
        self._bootloader.commit(self._booted.slot)
        finish_update(self._state_folder, "kept")
        return True

    def roll_back(self, reason: Message, broken: tuple[Part, ...] = ()) -> tuple[str, ...]:
        """Go to the version in the other slot; the command that restarts so. Raises UpdateError when it holds none.

        That version is tried, too, and `broken` need not work there.
        """
        if self.is_on_trial():
            finish_update(self._state_folder, "failed", reason)
            return ("systemctl", "reboot")
        entry = read_update_state(self._state_folder)
        if entry is None or entry.phase != "kept" or entry.slot != self._booted.slot:
            raise UpdateError(updates.NOTHING_BEFORE())
        slot = other_slot(self._booted.slot)
        write_update_state(
            self._state_folder, UpdateState(version=entry.before, slot=slot, before=self._version, broken=broken)
        )
        return self._bootloader.boot_once(slot)
