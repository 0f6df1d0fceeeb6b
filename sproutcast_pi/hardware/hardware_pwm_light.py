"""A lamp dimmed by a hardware PWM channel through the kernel's sysfs (Documentation/ABI/testing/sysfs-class-pwm).

The channel stays exported and enabled, with the duty cycle that keeps the lamp off, when the light is closed: a
disabled or released channel leaves its pin low, which lights a lamp that is on when the pin is low.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from sproutcast_pi.errors import LightError
from sproutcast_pi.hardware.pwm_channel import PwmChannel
from sproutcast_pi.messages.areas import lamp

NANOSECONDS = 1_000_000_000
EXPORT_TIMEOUT_S = 3.0
"""Until udev has given an exported channel to this user's group."""
POLL_S = 0.02


def write_attribute(path: Path, value: str) -> None:
    """Write one attribute; raises OSError when the kernel refuses the value."""
    path.write_text(value, encoding="ascii")


class HardwarePwmLight:
    """The LightDriver of a channel; it begins dark. Raises LightError when the channel can't be had.

    `write` sets an attribute.
    """

    def __init__(
        self,
        channel: PwmChannel,
        *,
        active_high: bool = True,
        pwm_hz: int = 800,
        write: Callable[[Path, str], None] = write_attribute,
    ) -> None:
        self._channel = channel
        self._active_high = active_high
        self._write = write
        self._period_ns = round(NANOSECONDS / pwm_hz)
        self._closed = False
        try:
            self._open()
        except (OSError, ValueError) as fault:
            raise LightError(lamp.CHANNEL_UNUSABLE(channel=str(channel), reason=str(fault))) from fault

    def set_level(self, level: float) -> None:
        """Set the output to `level`, 0.0 to 1.0, to the nanosecond of its duty cycle.

        Raises ValueError outside 0 to 1, LightError (an OSError) when the channel can't be set.
        """
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"level {level} is not within 0 to 1")
        if self._closed:
            raise LightError(lamp.CHANNEL_RELEASED(channel=str(self._channel)))
        try:
            self._set("duty_cycle", self._duty_ns(level))
        except OSError as fault:
            raise LightError(lamp.CHANNEL_FAILED(channel=str(self._channel), reason=str(fault))) from fault

    def close(self) -> None:
        """Switch off; closing twice does nothing more."""
        if self._closed:
            return
        self.set_level(0.0)
        self._closed = True

    def _open(self) -> None:
        folder = self._channel.folder
        if not folder.exists():
            self._write(self._channel.chip / "export", str(self._channel.channel))
        self._await_access()
        off_ns = self._duty_ns(0.0)
        # At no moment may the duty cycle be longer than the period: the kernel refuses that.
        if self._period_ns < int((folder / "period").read_text(encoding="ascii")):
            self._set("duty_cycle", off_ns)
            self._set("period", self._period_ns)
        else:
            self._set("period", self._period_ns)
            self._set("duty_cycle", off_ns)
        self._set("enable", 1)

    def _await_access(self) -> None:
        """Wait until udev has handed a channel over that was exported just now."""
        end_s = time.monotonic() + EXPORT_TIMEOUT_S
        attribute = self._channel.folder / "duty_cycle"
        while True:
            try:
                with attribute.open("r+b"):
                    return
            except OSError:
                if time.monotonic() >= end_s:
                    raise
            time.sleep(POLL_S)

    def _duty_ns(self, level: float) -> int:
        return round(self._period_ns * (level if self._active_high else 1.0 - level))

    def _set(self, name: str, value: int) -> None:
        self._write(self._channel.folder / name, str(value))
