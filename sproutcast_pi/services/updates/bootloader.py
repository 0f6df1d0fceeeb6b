"""Which slot starts next: the one in force, or another for one try. One way for the Pi's firmware, one for GRUB."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal, Protocol

from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.services.updates.bundle import UpdateError

Slot = Literal["a", "b"]
PARTITIONS: dict[Slot, int] = {"a": 2, "b": 3}
"""Where each slot's kernel lies on the card."""
ENVIRONMENT_BYTES = 1024
HEADER = "# GRUB Environment Block\n"


class Bootloader(Protocol):
    """What the boot partition says."""

    def default_slot(self) -> Slot:
        """The slot that starts when nothing else was asked for."""

    def boot_once(self, slot: Slot) -> tuple[str, ...]:
        """Start `slot` once at the next reboot; the command that reboots so."""

    def commit(self, slot: Slot) -> None:
        """From now on `slot` is the one in force."""


def other_slot(slot: Slot) -> Slot:
    """The slot beside this one."""
    return "b" if slot == "a" else "a"


class PiFirmware:
    """`autoboot.txt`, read by the bootloader of a Pi 4 or 5. A request to try is lost at one reset."""

    def __init__(self, boot: Path) -> None:
        """`boot` is where the partition `bootconfig` is mounted."""
        self._path = boot / "autoboot.txt"

    def default_slot(self) -> Slot:
        """The slot below [all]."""
        try:
            everything = self._path.read_text().split("[tryboot]")[0]
        except OSError as error:
            raise UpdateError(updates.UNREADABLE(file=str(self._path), reason=cause(error))) from error
        found = re.search(r"^boot_partition=(\d+)$", everything, re.MULTILINE)
        return "b" if found and int(found.group(1)) == PARTITIONS["b"] else "a"

    def boot_once(self, slot: Slot) -> tuple[str, ...]:
        """The try goes to the slot that is not in force, so there is nothing to write when `slot` is that one."""
        if slot == self.default_slot():
            raise UpdateError(updates.SLOT_IN_USE(slot=slot))
        return ("systemctl", "reboot", "--reboot-argument=0 tryboot")

    def commit(self, slot: Slot) -> None:
        """In place and in one sector: FAT can't exchange two files at once, and without this one nothing starts."""
        text = (
            f"[all]\ntryboot_a_b=1\nboot_partition={PARTITIONS[slot]}\n"
            f"[tryboot]\nboot_partition={PARTITIONS[other_slot(slot)]}\n"
        )
        with self._path.open("r+b") as file:
            length = file.seek(0, os.SEEK_END)
            file.seek(0)
            file.write(text.encode().ljust(length, b"\n"))
            file.flush()
            os.fsync(file.fileno())


class GrubEnvironment:
    """`grubenv` of the virtual image. GRUB clears the request to try before it follows it."""

    def __init__(self, boot: Path) -> None:
        """`boot` is where the partition `bootconfig` is mounted."""
        self._path = boot / "grubenv"

    def default_slot(self) -> Slot:
        """The variable `slot`."""
        return "b" if self._read().get("slot") == "b" else "a"

    def boot_once(self, slot: Slot) -> tuple[str, ...]:
        """The variable `try`."""
        self._set(**{"try": slot})
        return ("systemctl", "reboot")

    def commit(self, slot: Slot) -> None:
        """In force, and nothing to try."""
        self._set(slot=slot, **{"try": ""})

    def _read(self) -> dict[str, str]:
        try:
            lines = self._path.read_text().splitlines()
        except OSError as error:
            raise UpdateError(updates.UNREADABLE(file=str(self._path), reason=cause(error))) from error
        return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    def _set(self, **values: str) -> None:
        """In place: GRUB knows the file by its blocks, and two sectors are all it has."""
        text = HEADER + "".join(f"{name}={value}\n" for name, value in {**self._read(), **values}.items())
        with self._path.open("r+b") as file:
            file.write(text.encode().ljust(ENVIRONMENT_BYTES, b"#"))
            file.flush()
            os.fsync(file.fileno())
