"""Opens the hardware that the settings name: the lamp's output, the clock."""

from __future__ import annotations

import functools
from datetime import UTC, datetime

from sproutcast_pi.app.options import RunOptions
from sproutcast_pi.config.settings import LightOptions, Settings
from sproutcast_pi.hardware.hardware_pwm_light import HardwarePwmLight
from sproutcast_pi.hardware.persistent_light import PersistentLight
from sproutcast_pi.hardware.pwm_channel import PwmChannel, find_channel
from sproutcast_pi.hardware.system_clock import SystemClock
from sproutcast_pi.ports import Clock, LightDriver
from sproutcast_pi.simulated.clocks import SpeedClock
from sproutcast_pi.simulated.recording_light import RecordingLight


def open_light(output: LightOptions, clock: Clock) -> LightDriver:
    """The lamp `output` names; one that can't be opened is tried again with every level that is set."""
    if output.output.startswith("gpio:"):
        return gpio_light(output)
    return RecordingLight(clock, dimmable=output.kind == "pwm")


def gpio_light(output: LightOptions) -> LightDriver:
    """The lamp on a GPIO pin, opened with the first level."""
    return PersistentLight(functools.partial(_open_pin, output))


def pwm_channel(output: LightOptions) -> PwmChannel | None:
    """The hardware PWM channel that dims the lamp; None: a relay, or a pin without one, which is dimmed in software."""
    if output.kind != "pwm" or not output.output.startswith("gpio:"):
        return None
    return find_channel(int(output.output.removeprefix("gpio:")))


def _open_pin(output: LightOptions) -> LightDriver:
    from sproutcast_pi.hardware.gpio_light import GpioLight  # noqa: PLC0415 - gpiozero only where there is a pin
    from sproutcast_pi.hardware.pin_factory import open_pins  # noqa: PLC0415 - as above

    pin = int(output.output.removeprefix("gpio:"))
    channel = pwm_channel(output)
    if channel is not None:
        return HardwarePwmLight(channel, active_high=output.active_high, pwm_hz=output.pwm_hz)
    return GpioLight(
        pin, open_pins(), dimmable=output.kind == "pwm", active_high=output.active_high, pwm_hz=output.pwm_hz
    )


def open_clock(options: RunOptions, settings: Settings, newest: datetime | None) -> Clock:
    """The system's clock; or, where the lamp is simulated, one that may run faster and never behind `newest`."""
    if settings.light.output == "simulated" or options.simulated_time:
        start = options.start_at or datetime.now(UTC)
        return SpeedClock(options.speed, max(start, newest) if newest else start)
    return SystemClock(newest)
