"""A lamp on a GPIO pin: dimmed by PWM through a MOSFET, or switched by a relay.

One gpiozero device for the life of the process. Starting, stopping and any failure leave the lamp off: the pin begins
off, is driven off on close and then released, and the circuit must pull a released pin to off (see docs/hardware.md).
"""

from __future__ import annotations

from typing import Any

from gpiozero import PWMLED, DigitalOutputDevice, GPIOZeroError
from gpiozero.exc import PinInvalidPin, PinUnknownPi

from sproutcast_pi.errors import LightError
from sproutcast_pi.messages.areas import lamp

LGPIO_SLACK = 1 + 1e-9
"""gpiozero's lgpio pin cuts the level to whole percents as int(value * 100), which makes 28 of 0.29
(gpiozero/gpiozero gpiozero/pins/lgpio.py)."""
MAX_SOFTWARE_HZ = 8000
"""lgpio refuses more than 10 kHz, and a thread that switches a pin keeps no time far below that."""
RELAY_FROM = 0.5
"""A relay is on from this level."""


class GpioLight:
    """The Light at BCM pin `pin`; `factory` from `pin_factory.open_pins`. Raises LightError when it can't be had."""

    def __init__(
        self, pin: int, factory: Any, *, dimmable: bool = True, active_high: bool = True, pwm_hz: int = 800
    ) -> None:
        if dimmable and pwm_hz > MAX_SOFTWARE_HZ:
            raise LightError(lamp.TOO_FAST(hz=pwm_hz, limit=MAX_SOFTWARE_HZ))
        self._pin = pin
        self._dimmable = dimmable
        self._closed = False
        try:
            if dimmable:
                self._device: Any = PWMLED(
                    pin, active_high=active_high, initial_value=0, frequency=pwm_hz, pin_factory=factory
                )
            else:
                self._device = DigitalOutputDevice(
                    pin, active_high=active_high, initial_value=False, pin_factory=factory
                )
        except PinInvalidPin as fault:
            raise LightError(lamp.NO_PIN(pin=pin)) from fault
        except PinUnknownPi as fault:
            raise LightError(lamp.UNKNOWN_BOARD(reason=str(fault))) from fault
        except Exception as fault:  # lgpio raises its own bare Exception, gpiozero its errors
            raise LightError(lamp.PIN_UNUSABLE(pin=pin, reason=str(fault))) from fault

    def set_level(self, level: float) -> None:
        """Set the output to `level`, 0.0 to 1.0; a relay is on from 0.5.

        Raises ValueError outside 0 to 1, LightError (an OSError) when the pin can't be driven.
        """
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"level {level} is not within 0 to 1")
        if self._closed:
            raise LightError(lamp.PIN_RELEASED(pin=self._pin))
        try:
            if self._dimmable:
                self._device.value = min(level * LGPIO_SLACK, 1.0)
            else:
                self._device.value = level >= RELAY_FROM
        except Exception as fault:  # as above
            raise LightError(lamp.PIN_FAILED(pin=self._pin, reason=str(fault))) from fault

    def close(self) -> None:
        """Switch off and release the pin; closing twice is no harm."""
        if self._closed:
            return
        self._closed = True
        try:
            self._device.off()
        except GPIOZeroError as fault:
            raise LightError(lamp.PIN_STILL_ON(pin=self._pin, reason=str(fault))) from fault
        finally:
            self._device.close()
