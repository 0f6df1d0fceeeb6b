"""GPIO pins unsuitable for a lamp: those the board itself drives or pulls while booting."""

from __future__ import annotations

from collections.abc import Mapping

from sproutcast_pi.messages.areas import configuration
from sproutcast_pi.messages.marking import _
from sproutcast_pi.messages.message import Message

REFUSED_PINS: Mapping[int, str] = {
    0: _("it reads the identity of add-on boards"),
    1: _("it reads the identity of add-on boards"),
    2: _("it is pulled up by a 1.8 kΩ resistor on the board, so the lamp would burn until the program starts"),
    3: _("it is pulled up by a 1.8 kΩ resistor on the board, so the lamp would burn until the program starts"),
    14: _("it carries the serial console while the system starts, so the lamp would flicker"),
    15: _("it carries the serial console while the system starts, so the lamp would flicker"),
}
"""BCM number and the reason. Raspberry Pi documentation, "GPIO and the 40-pin header": pins 2 and 3 have fixed
pull-ups, 14 and 15 are the UART's, 0 and 1 are reserved for the ID EEPROM."""
HIGHEST_PIN = 27


def lamp_pin_fault(output: str) -> Message | None:
    """Return why a lamp can't be on `output` (`gpio:N`), with the remedy; None for suitable pins and other outputs."""
    if not output.startswith("gpio:"):
        return None
    pin = int(output.removeprefix("gpio:"))
    if pin > HIGHEST_PIN:
        return configuration.NO_PIN(pin=pin, high=HIGHEST_PIN)
    reason = REFUSED_PINS.get(pin)
    return configuration.RESERVED_PIN(pin=pin, reason=reason) if reason else None
