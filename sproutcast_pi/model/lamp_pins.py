"""GPIO pins unsuitable for a lamp: those the board itself drives or pulls while booting."""

from __future__ import annotations

from collections.abc import Mapping

REFUSED_PINS: Mapping[int, str] = {
    0: "it reads the identity of add-on boards",
    1: "it reads the identity of add-on boards",
    2: "it is pulled up by a 1.8 kΩ resistor on the board, so the lamp would burn until the program starts",
    3: "it is pulled up by a 1.8 kΩ resistor on the board, so the lamp would burn until the program starts",
    14: "it carries the serial console while the system starts, so the lamp would flicker",
    15: "it carries the serial console while the system starts, so the lamp would flicker",
}
"""BCM number and the reason. Raspberry Pi documentation, "GPIO and the 40-pin header": pins 2 and 3 have fixed
pull-ups, 14 and 15 are the UART's, 0 and 1 are reserved for the ID EEPROM."""
HIGHEST_PIN = 27


def lamp_pin_fault(output: str) -> str | None:
    """Return why a lamp can't be on `output` (`gpio:N`), with the remedy; None for suitable pins and other outputs."""
    if not output.startswith("gpio:"):
        return None
    pin = int(output.removeprefix("gpio:"))
    if pin > HIGHEST_PIN:
        return f"there is no GPIO {pin} on the header; use a BCM number from 4 to {HIGHEST_PIN}, such as gpio:18"
    reason = REFUSED_PINS.get(pin)
    return f"GPIO {pin} is not for a lamp: {reason}; use another, such as gpio:18" if reason else None
