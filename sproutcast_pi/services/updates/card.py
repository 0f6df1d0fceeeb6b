"""Partitions of the card this system was started from, and of no other that happens to be plugged in."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sproutcast_pi.messages.areas import updates
from sproutcast_pi.services.updates.bootloader import Slot
from sproutcast_pi.services.updates.bundle import UpdateError

BY_SLOT = Path("dev/disk/by-slot")
"""Names the Pi image's udev rules give to the start card's partitions alone (raspberrypi/rpi-image-gen
layer/rpi/device/slot-mapper): active/boot, other/system and so on."""
BY_LABEL = Path("dev/disk/by-partlabel")


class SlotPartitions(msgspec.Struct, frozen=True):
    """A slot's two partitions."""

    boot: Path
    system: Path


class CardPartitions:
    """Partitions below `root`; on a `board` that is a Pi a second card can carry the same labels, so none is used."""

    def __init__(self, root: Path, board: str, running: Slot) -> None:
        self._labels = root / BY_LABEL
        self._slots = root / BY_SLOT
        self._guarded = board != "virtual"
        self._running = running

    @property
    def boot_config(self) -> Path:
        """The partition that says which slot starts. Raises UpdateError when it is not found."""
        return self._require((self._slots if self._guarded else self._labels) / "bootconfig")

    def slot(self, slot: Slot) -> SlotPartitions:
        """A slot's partitions. Raises UpdateError when one is not found."""
        if not self._guarded:
            boot, system = self._labels / f"boot_{slot}", self._labels / f"system_{slot}"
        else:
            folder = self._slots / ("active" if slot == self._running else "other")
            boot, system = folder / "boot", folder / "system"
        return SlotPartitions(boot=self._require(boot), system=self._require(system))

    @staticmethod
    def _require(path: Path) -> Path:
        if not path.exists():
            raise UpdateError(updates.NO_PARTITION(partition=f"{path.parent.name}/{path.name}"))
        return path
