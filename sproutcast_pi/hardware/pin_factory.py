"""Choose how gpiozero reaches the pins: always explicitly, never by falling back from one way to another."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import LightError
from sproutcast_pi.messages.areas import lamp
from sproutcast_pi.messages.areas.causes import cause

CHIP_LABELS = r"pinctrl-(bcm2835|bcm2711|bcm2712|rp1)"
"""The header's GPIO chip by name: its number differs between boards and kernels. On a Pi 5 the header is at rp1."""


def open_pins(work_dir: Path | None = None) -> Any:
    """Return gpiozero's pin factory: lgpio, or its mock when GPIOZERO_PIN_FACTORY says `mock`.

    `work_dir`: a writable folder for the pipe lgpio insists on creating; None: the temporary one.
    Raises LightError with the remedy when there are no pins.
    """
    if os.environ.get("GPIOZERO_PIN_FACTORY") == "mock":
        from gpiozero.pins.mock import MockFactory, MockPWMPin  # noqa: PLC0415 - only when told

        return MockFactory(pin_class=MockPWMPin)
    try:
        # lgpio makes a pipe in the current folder while it is imported; a service's is read-only.
        with contextlib.chdir(work_dir or tempfile.gettempdir()):
            import lgpio  # noqa: PLC0415 - exists only on a Pi
            from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415 - needs lgpio
    except ImportError as fault:
        raise LightError(lamp.NO_LGPIO(reason=cause(fault))) from fault
    except OSError as fault:
        raise LightError(lamp.LGPIO_FOLDER(reason=cause(fault), folder=str(work_dir or "TMPDIR"))) from fault
    chip = header_chip(_labels(lgpio))
    try:
        return LGPIOFactory(chip=chip)
    except Exception as fault:  # lgpio raises its own bare Exception, gpiozero its errors
        raise LightError(lamp.CHIP_UNUSABLE(chip=chip, reason=cause(fault))) from fault


def header_chip(labels: Mapping[int, str]) -> int:
    """Return the number of the chip behind the header, out of all chips with their labels. Raises LightError."""
    found = {number: label for number, label in labels.items() if re.match(CHIP_LABELS, label)}
    if not found:
        raise LightError(lamp.NO_HEADER(chips=", ".join(sorted(labels.values())) or lamp.NO_CHIPS()))
    # A Pi 5 has the header at rp1 and a bcm2712 chip for itself.
    return min(found, key=lambda number: ("rp1" not in found[number], number))


def _labels(lgpio: Any) -> dict[int, str]:
    labels = {}
    for device in sorted(Path("/dev").glob("gpiochip*")):
        number = int(device.name.removeprefix("gpiochip"))
        with contextlib.suppress(lgpio.error):
            handle = lgpio.gpiochip_open(number)
            labels[number] = str(lgpio.gpio_get_chip_info(handle)[3])
            lgpio.gpiochip_close(handle)
    return labels
