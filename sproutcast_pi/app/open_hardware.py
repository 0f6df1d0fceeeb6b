"""Open what the settings name: the lamp's output, the clock."""

from __future__ import annotations

from datetime import UTC, datetime

from sproutcast_pi.app.options import RunOptions
from sproutcast_pi.config.settings import LightOptions, Settings
from sproutcast_pi.hardware.system_clock import SystemClock
from sproutcast_pi.ports import Clock, LightDriver
from sproutcast_pi.simulated.clocks import SpeedClock
from sproutcast_pi.simulated.recording_light import RecordingLight


def open_light(output: LightOptions, clock: Clock) -> LightDriver:
    """The lamp `output` names; one that can't be opened is tried again with every level that is set."""
    if output.output.startswith("gpio:"):
        return PersistentLight(output)
    return RecordingLight(clock, dimmable=output.kind == "pwm")


class PersistentLight:
    """A GPIO lamp that need not be there at start: a wrong pin must not keep the daemon from saying so."""

    def __init__(self, output: LightOptions) -> None:
        self._output = output
        self._light: LightDriver | None = None

    def set_level(self, level: float) -> None:
        """Set the output; raises OSError when the pin can't be had."""
        if self._light is None:
            self._light = _gpio_light(self._output)
        self._light.set_level(level)

    def close(self) -> None:
        """Switch off and release the pin."""
        if self._light is not None:
            self._light.close()


def _gpio_light(output: LightOptions) -> LightDriver:
    from sproutcast_pi.hardware.gpio_light import GpioLight  # noqa: PLC0415 - gpiozero only where there is a pin
    from sproutcast_pi.hardware.pin_factory import open_pins  # noqa: PLC0415

    pin = int(output.output.removeprefix("gpio:"))
    return GpioLight(
        pin, open_pins(), dimmable=output.kind == "pwm", active_high=output.active_high, pwm_hz=output.pwm_hz
    )


def open_clock(options: RunOptions, settings: Settings, newest: datetime | None) -> Clock:
    """The system's clock; or, where the lamp is simulated, one that may run faster and never behind `newest`."""
    if settings.light.output == "simulated" or options.simulated_time:
        start = options.start_at or datetime.now(UTC)
        return SpeedClock(options.speed, max(start, newest) if newest else start)
    return SystemClock(newest)
