"""A PWM chip as the kernel shows it in sysfs, with the kernel's own refusals.

Rules of torvalds/linux drivers/pwm/sysfs.c and core.c: a channel is exported once and exists, a period of nothing
can't be enabled, a duty cycle is never longer than its period.
"""

from __future__ import annotations

import errno
from pathlib import Path

BCM, RP1 = "brcm,bcm2835-pwm", "raspberrypi,rp1-pwm"


class KernelPwm:
    """One chip below `root`, whose driver asked for `pins`; `write` is what the kernel does with an attribute."""

    def __init__(self, root: Path, *, device: str, compatible: str, pins: list[int], number=0, channels=2) -> None:
        self.channels = channels
        self.history: list[tuple[str, int]] = []
        node = root / "proc/device-tree/soc" / device
        state = root / f"proc/device-tree/soc/gpio@7e200000/pwm_pins_{number}"
        bus = root / "sys/devices/platform" / device
        self.chip = bus / f"pwm/pwmchip{number}"
        for folder in (node, state, self.chip, root / "sys/class/pwm"):
            folder.mkdir(parents=True, exist_ok=True)
        (node / "compatible").write_bytes(compatible.encode() + b"\0")
        (node / "pinctrl-0").write_bytes((70 + number).to_bytes(4))
        (state / "phandle").write_bytes((70 + number).to_bytes(4))
        if compatible == BCM:
            (state / "brcm,pins").write_bytes(b"".join(pin.to_bytes(4) for pin in pins))
        else:
            (state / "pins").write_bytes(b"".join(f"gpio{pin}".encode() + b"\0" for pin in pins))
        (bus / "of_node").symlink_to(node)
        (self.chip / "device").symlink_to(bus)
        (root / f"sys/class/pwm/pwmchip{number}").symlink_to(self.chip)

    def write(self, path: Path, value: str) -> None:
        """What happens when an attribute is written."""
        number = int(value)
        if path.name == "export":
            self._export(number)
            return
        values = {name: int((path.parent / name).read_text()) for name in ("period", "duty_cycle", "enable")}
        values[path.name] = number
        if values["duty_cycle"] > values["period"] or (values["enable"] and not values["period"]):
            raise OSError(errno.EINVAL, "Invalid argument", str(path))
        path.write_text(f"{number}\n")
        self.history.append((path.name, number))

    def _export(self, number: int) -> None:
        if not 0 <= number < self.channels:
            raise OSError(errno.ENODEV, "No such device")
        folder = self.chip / f"pwm{number}"
        if folder.exists():
            raise OSError(errno.EBUSY, "Device or resource busy")
        folder.mkdir()
        for name in ("period", "duty_cycle", "enable"):
            (folder / name).write_text("0\n")
        (folder / "polarity").write_text("normal\n")

    def high(self, channel: int) -> float:
        """The share of time the pin is high."""
        folder = self.chip / f"pwm{channel}"
        period, duty, enable = (int((folder / name).read_text()) for name in ("period", "duty_cycle", "enable"))
        return duty / period if enable else 0.0
