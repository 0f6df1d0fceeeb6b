"""The system as it was started: which slot, whether it is only being tried, and on which board."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sproutcast_pi.messages.areas import updates
from sproutcast_pi.services.updates.bootloader import PARTITIONS, Slot
from sproutcast_pi.services.updates.bundle import UpdateError

CHOSEN = Path("proc/device-tree/chosen/bootloader")
"""Where a Pi's bootloader says which partition it took, and whether it was asked to try one."""
MODEL = Path("proc/device-tree/model")
BOARD = Path("usr/lib/sproutcast/board")
"""Says "virtual" in the image that is no Pi's."""


class BootSlot(msgspec.Struct, frozen=True, kw_only=True):
    """What was started."""

    slot: Slot
    trying: bool
    """Whether this start is a try that nobody has committed yet."""


def read_boot_slot(root: Path = Path("/")) -> BootSlot:
    """From the kernel's command line, or a Pi's bootloader; raises UpdateError on a system without slots."""
    words = dict(word.split("=", 1) for word in _text(root / "proc/cmdline").split() if "=" in word)
    slot = words.get("sproutcast.slot")
    if slot in ("a", "b"):
        return BootSlot(slot="b" if slot == "b" else "a", trying=words.get("sproutcast.try") == "1")
    partition = _number(root / CHOSEN / "partition")
    for name, number in PARTITIONS.items():
        if number == partition:
            return BootSlot(slot=name, trying=_number(root / CHOSEN / "tryboot") == 1)
    raise UpdateError(updates.NO_SLOTS())


def board_type(root: Path = Path("/")) -> str:
    """What an update has to be made for: "virtual", "pi4", "pi5"; "" for anything else."""
    name = _text(root / BOARD)
    if name:
        return name
    model = _text(root / MODEL)
    return next((f"pi{number}" for number in ("4", "5") if model.startswith(f"Raspberry Pi {number}")), "")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    except OSError:
        return ""


def _number(path: Path) -> int | None:
    """A cell of the device tree: 32 bits, the highest first."""
    try:
        return int.from_bytes(path.read_bytes()[:4], "big")
    except OSError:
        return None
