"""Check of a card's two slots through updates interrupted by power cuts."""

from __future__ import annotations

from pathlib import Path

from card_image import erase_partition, matching_share, read_file
from guest import Guest, GuestError
from slots import SlotError, Slots, environment
from update_status import slot
from usb_media import plug_in

POWER_ON = "BdsDxe: starting"
"""What the firmware prints once for each start."""


class TwoSlots:
    """One card and an update installed repeatedly: the same system under a higher version."""

    def __init__(self, card: Path, images: Path, stick: Path) -> None:
        """`images` holds the slot's boot.vfat and system.erofs, `stick` the update made of them."""
        self._card = card
        self._images = {"boot": images / "boot.vfat", "system": images / "system.erofs"}
        self._stick = stick
        self._slots = Slots(lambda name: self._written(name) == 1)
        self._updating = False
        self.cut_while: dict[str, int] = {}

    def power_on(self, *, updating: bool) -> None:
        """Prepare a start; before an update the other slot is erased, so that its content was written in this run."""
        now = self._slots.now
        self._updating = updating and not now.tried
        if self._updating:
            for part in self._images:
                erase_partition(self._card, f"{part}_{_other(now.slot)}")

    def check(self, guest: Guest) -> None:
        """Raise GuestError unless the right slot came up."""
        seen = slot(guest)
        try:
            self._slots.started(seen[5:6], trying=seen.endswith("try=1"))
        except SlotError as error:
            raise GuestError(f"{error} ({seen})") from error

    def update(self, guest: Guest) -> None:
        """Install the update unless one is on trial."""
        if self._updating:
            plug_in(guest, self._stick)
            guest.sh("sproutcast update install", 120)

    def check_snapshot(self, boot_environment: bytes | None) -> None:
        """Raise GuestError when a power cut now would leave a forbidden state."""
        try:
            self._slots.check(environment(boot_environment), updating=self._updating)
        except SlotError as error:
            raise GuestError(str(error)) from error

    def cut(self, serial: str) -> str:
        """Check the card after a power cut; returns how far the update came. Raises GuestError on a forbidden state."""
        before = self._slots.now
        try:
            now = environment(read_file(self._card, "grubenv"))
            self._slots.cut(now, updating=self._updating)
        except SlotError as error:
            raise GuestError(str(error)) from error
        if not self._updating:
            return ""
        written = self._written(_other(before.slot))
        if now.slot != before.slot:
            how = "kept"
        elif serial.count(POWER_ON) > 1:
            how = "being tried"
        elif now.tried:
            how = "restarting"
        else:
            how = "being written" if written else "being looked at"
        self.cut_while[how] = self.cut_while.get(how, 0) + 1
        return f"{how}, {written:.0%} in its place"

    def _written(self, name: str) -> float:
        """Share of a slot that equals the signed images, both parts together."""
        shares = {part: matching_share(self._card, f"{part}_{name}", image) for part, image in self._images.items()}
        sizes = {part: image.stat().st_size for part, image in self._images.items()}
        return sum(shares[part] * sizes[part] for part in sizes) / sum(sizes.values())


def _other(name: str) -> str:
    return "a" if name == "b" else "b"
