"""A lamp on a GPIO pin: dimmed by PWM through a MOSFET, or switched by a relay.

One gpiozero device for the life of the process. Starting, stopping and any failure leave the lamp off: the pin begins
off, is driven off on close and then released, and the circuit must pull a released pin to off (see docs/hardware.md).
"""

from __future__ import annotations

from typing import Any

from gpiozero import PWMLED, DigitalOutputDevice, GPIOZeroError
from gpiozero.exc import PinInvalidPin, PinUnknownPi

from sproutcast_pi.errors import LightError

RELAY_FROM = 0.5
"""A relay is on from this level."""


class GpioLight:
    """The Light at BCM pin `pin`; `factory` from `pin_factory.open_pins`. Raises LightError when it can't be had."""

    def __init__(
        self, pin: int, factory: Any, *, dimmable: bool = True, active_high: bool = True, pwm_hz: int = 800
    ) -> None:
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
            raise LightError(
                f"There is no GPIO {pin} on this board's header; use a BCM number from 4 to 27."
            ) from fault
        except PinUnknownPi as fault:
            raise LightError(
                f'This board is not a known Raspberry Pi ({fault}); use light output "simulated".'
            ) from fault
        except Exception as fault:  # lgpio raises its own bare Exception, gpiozero its errors
            raise LightError(f"GPIO {pin} can't be used for the lamp: {fault}. Is another program using it?") from fault

    def set_level(self, level: float) -> None:
        """Set the output to `level`, 0.0 to 1.0; a relay is on from 0.5.

        Raises ValueError outside 0 to 1, LightError (an OSError) when the pin can't be driven.
        """
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"level {level} is not within 0 to 1")
        if self._closed:
            raise LightError(f"GPIO {self._pin} was released already.")
        try:
            if self._dimmable:
                self._device.value = level
            else:
                self._device.value = level >= RELAY_FROM
        except Exception as fault:  # as above
            raise LightError(f"GPIO {self._pin} can't be driven: {fault}.") from fault

    def close(self) -> None:
        """Switch off and release the pin; closing twice is no harm."""
        if self._closed:
            return
        self._closed = True
        try:
            self._device.off()
        except GPIOZeroError as fault:
            raise LightError(f"GPIO {self._pin} could not be switched off: {fault}.") from fault
        finally:
            self._device.close()
