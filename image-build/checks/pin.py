"""The lamp's pin of an emulated Raspberry Pi 3B and the daemon's clock, read from the host."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
from guest import Guest

from sproutcast_pi.services.light_keeper import LightState

PIN = 18
GPLEV0 = 0x3F200034
"""Pin levels of GPIO 0 to 31 (BCM2835 ARM Peripherals, 6.1), where a Pi 2 and 3 has its peripherals."""
LIGHT_STATE = "/var/lib/sproutcast/light.json"
SHORTEST_S, LONGEST_S = 1.0, 8.0
"""How long the pin is watched for one duty cycle: until there are enough cycles, or there are none."""
ENOUGH = 60


class PinSample(msgspec.Struct, frozen=True):
    """Pin level at a time of the host's monotonic clock."""

    at_s: float
    high: bool


class Cycle(msgspec.Struct, frozen=True):
    """One period of the lamp's PWM."""

    at_s: float
    duty: float


class Pin:
    """The lamp's pin, read from the chip's register."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest

    def sample(self) -> PinSample:
        """Sample the level now."""
        before_s = time.monotonic()
        word = self._guest.monitor(f"xp /1wx {GPLEV0:#x}").split(":")[1]
        return PinSample((before_s + time.monotonic()) / 2, bool(int(word, 16) >> PIN & 1))

    def sample_cycles(self) -> list[PinSample]:
        """Sample as fast as possible until enough cycles are recorded or the level is constant."""
        seen = [self.sample()]
        while (lasted := seen[-1].at_s - seen[0].at_s) < LONGEST_S:
            seen.append(self.sample())
            if lasted >= SHORTEST_S and (
                is_constant(seen) or (len(seen) % 100 == 0 and len(list(cycles(seen))) >= ENOUGH)
            ):
                break
        return seen


def is_constant(samples: list[PinSample]) -> bool:
    """Whether the pin never changed."""
    return len({one.high for one in samples}) == 1


def cycles(samples: list[PinSample]) -> Iterator[Cycle]:
    """Return each complete period, from rising edge to rising edge."""
    rises = [at for at in range(1, len(samples)) if samples[at].high and not samples[at - 1].high]
    for first, last in itertools.pairwise(rises):
        fall = next(at for at in range(first, last) if not samples[at].high)
        began, ended = samples[first].at_s, samples[last].at_s
        yield Cycle(began, (samples[fall].at_s - began) / (ended - began))


class DaemonClock:
    """Mapping of host time to daemon time, refined by each reading."""

    def __init__(self, guest: Guest, speed: float) -> None:
        """Read the daemon's state file, which contains its time."""
        self._guest = guest
        self._speed = speed
        self._began_s = time.monotonic()
        self._origin = datetime.min.replace(tzinfo=UTC)
        self.read()

    def read(self) -> None:
        """Read again. A reading lags by the time of writing and asking, so the largest offset is the most accurate."""
        output = self._guest.sh(f"exec 3< {LIGHT_STATE}; cat <&3; echo; stat -L -c %.9Y /dev/fd/3; date +%s.%N").out
        answered_s = time.monotonic()
        text, written, now = output.rsplit("\n", 2)
        self.memory = msgspec.json.decode(text, type=LightState)
        assert self.memory.at
        gone_s = float(now) - float(written) - (answered_s - self._began_s)
        self._origin = max(self._origin, self.memory.at + timedelta(seconds=gone_s * self._speed))

    def at(self, host_s: float) -> datetime:
        """The daemon's time at a monotonic time of the host."""
        return self._origin + timedelta(seconds=(host_s - self._began_s) * self._speed)
