"""The Raspberry Pi itself: heat, supply, what it is. Read from sysfs; on another computer most of it is unknown."""

from __future__ import annotations

from pathlib import Path

import msgspec

MILLI = 1000.0


class Throttling(msgspec.Struct, frozen=True, kw_only=True):
    """What the firmware holds back, now and since boot."""

    undervoltage: bool
    throttled: bool
    hot: bool
    undervoltage_seen: bool
    throttled_seen: bool


class PiBoard:
    """The Board under `root` ("/" in earnest)."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def temperature_c(self) -> float | None:
        """Return the processor's temperature in Celsius; None: unknown."""
        zones = sorted((self._root / "sys/class/thermal").glob("thermal_zone*"))
        named = [zone for zone in zones if _text(zone / "type") in {"cpu-thermal", "soc_thermal", "x86_pkg_temp"}]
        for zone in named or zones:
            reading = _text(zone / "temp")
            if reading.lstrip("-").isdigit():
                return int(reading) / MILLI
        return None

    def undervoltage(self) -> bool | None:
        """Whether the supply is too weak now; None: unknown. From the kernel's rpi_volt sensor, else the firmware."""
        for sensor in sorted((self._root / "sys/class/hwmon").glob("hwmon*")):
            if _text(sensor / "name") == "rpi_volt":
                alarm = _text(sensor / "in0_lcrit_alarm")
                if alarm in {"0", "1"}:
                    return alarm == "1"
        throttling = self.throttling()
        return None if throttling is None else throttling.undervoltage

    def throttling(self) -> Throttling | None:
        """Return what the firmware holds back; None: unknown. Bits as in `vcgencmd get_throttled`."""
        for entry in sorted((self._root / "sys/devices/platform").glob("soc*/soc*:firmware/get_throttled")):
            try:
                bits = int(_text(entry), 16)
            except ValueError:
                continue
            return Throttling(
                undervoltage=bool(bits & 1 << 0),
                throttled=bool(bits & 1 << 2),
                hot=bool(bits & 1 << 3),
                undervoltage_seen=bool(bits & 1 << 16),
                throttled_seen=bool(bits & 1 << 18),
            )
        return None

    def model(self) -> str | None:
        """Return what the board calls itself, "Raspberry Pi 5 Model B Rev 1.0"; None: no Pi."""
        return _text(self._root / "proc/device-tree/model") or None

    def serial(self) -> str | None:
        """Return the board's serial number, 16 hex digits; None: unknown."""
        return _text(self._root / "proc/device-tree/serial-number") or None


def _text(path: Path) -> str:
    """The file's text without the ends device-tree and sysfs put there; empty when there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip("\0\n\t ")
    except OSError:
        return ""
