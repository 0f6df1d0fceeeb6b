"""The hardware PWM channel behind a pin of the header, found in sysfs and the device tree.

A channel reaches the pin only where an overlay has set the pin's function (`dtoverlay=pwm,pin=18,func=2`), so the pins
that the chip's driver asked for decide, not the presence of a chip. The number of a chip changes with board and kernel:
it is known by its device, the SoC's on a Pi up to 4 and RP1's on a Pi 5.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

CLASS = Path("sys/class/pwm")
TREE = Path("proc/device-tree")
CHANNELS = {
    "brcm,bcm2835-pwm": {12: 0, 13: 1, 18: 0, 19: 1},
    "raspberrypi,rp1-pwm": {12: 0, 13: 1, 18: 2, 19: 3},
}
"""Channel of each header pin by the chip's compatible string (raspberrypi/linux
arch/arm/boot/dts/overlays/pwm-overlay.dts; RP1 Peripherals, "GPIO functions")."""


class PwmChannel(msgspec.Struct, frozen=True):
    """A channel whose output is at the pin."""

    chip: Path
    """Such as /sys/class/pwm/pwmchip0."""
    channel: int

    @property
    def folder(self) -> Path:
        """Attributes of the channel once it is exported."""
        return self.chip / f"pwm{self.channel}"

    def __str__(self) -> str:
        device = (self.chip / "device").resolve().name
        return f"{device or self.chip.name} channel {self.channel}"


def find_channel(pin: int, root: Path = Path("/")) -> PwmChannel | None:
    """Return the channel at BCM pin `pin`; None where there is no such channel, or it has not got the pin."""
    for chip in sorted((root / CLASS).glob("pwmchip*")):
        node = chip / "device" / "of_node"
        channels = next((CHANNELS[name] for name in _texts(node / "compatible") if name in CHANNELS), {})
        if pin in channels and pin in _muxed_pins(node, root / TREE):
            return PwmChannel(chip, channels[pin])
    return None


def _muxed_pins(node: Path, tree: Path) -> set[int]:
    """Pins that the chip's first state of pins names."""
    wanted = _cells(node / "pinctrl-0")
    if not wanted:
        return set()
    states = [entry.parent for entry in tree.rglob("phandle") if _cells(entry)[:1] and _cells(entry)[0] in wanted]
    pins: set[int] = set()
    for state in states:
        pins |= set(_cells(state / "brcm,pins"))
        # RP1's pins have names, gpio18; one state may hold a node for each group of pins.
        for names in (state / "pins", *state.glob("*/pins")):
            numbers = (name.removeprefix("gpio") for name in _texts(names))
            pins |= {int(number) for number in numbers if number.isdigit()}
    return pins


def _cells(path: Path) -> list[int]:
    """A property's 32-bit cells; empty without it."""
    try:
        content = path.read_bytes()
    except OSError:
        return []
    return [int.from_bytes(content[at : at + 4], "big") for at in range(0, len(content), 4)]


def _texts(path: Path) -> list[str]:
    """A property's strings; empty without it."""
    try:
        return path.read_bytes().decode("ascii", "replace").strip("\0").split("\0")
    except OSError:
        return []
