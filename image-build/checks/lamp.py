"""Lamp pin check on an emulated Raspberry Pi 3B: the host reads the level register and compares with the schedule.

The pin's state is read through QEMU's monitor (GPLEV0 of the BCM2837), not from the guest, which supplies only
the daemon's clock (`light.json`) and its schedule.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

import msgspec
from card_image import fresh_card
from guest import Guest, GuestError
from machines import Raspi3b
from pin import LIGHT_STATE, PIN, DaemonClock, Pin, PinSample, cycles

from sproutcast_pi.model.light_plan import planned_level
from sproutcast_pi.services.light_keeper import LightState

SPEED = 300
START_S = 900.0
EDGE = timedelta(seconds=90)
"""Of the daemon's time, 0.3 s of ours: what a tick and reading its clock may cost."""
MAX_DEVIATION = 0.05
"""How far pin and plan may be apart on a ramp, by the middle one of its samples: 12 of the daemon's minutes late.

One sample says little: even at a constant level the emulated thread that switches the pin is let run so late,
on a busy host, that some are off by 0.2. A lamp that lags is off in all of them, and the other way at sunset.
"""
FEW = 5
"""With fewer cycles, the share of high samples is used."""
SURE = 300
"""Looks in a row that have to agree before a level counts as reached."""
CONFIG = f"""\
[light]
output = "gpio:{PIN}"
pwm_hz = 50
[light.schedule]
start = "06:00"
hours = 16.0
sunrise_min = 240.0
sunset_min = 240.0
[captures]
quiet_hours = ["00:00-12:00", "12:00-23:59"]
"""
RUN = "/opt/sproutcast/bin/sproutcast run --config /etc/sproutcast/config.toml --data /var/lib/sproutcast"
FASTER = f"[Service]\nExecStart=\nExecStart={RUN} --speed {SPEED}\n"
OTHERS = "systemd.mask=mosquitto.service systemd.mask=NetworkManager.service systemd.mask=avahi-daemon.service"


Phase = Literal["still", "sunrise", "sunset"]
"""Limit on constant levels: the pin must not change once."""


class Sample(msgspec.Struct, frozen=True):
    """Pin and scheduled level over one interval."""

    at: datetime
    planned: float
    off_by: float
    """How much brighter than planned."""
    phase: Phase
    reads: int


class LampMonitor:
    """Monitor of one guest's lamp that records samples and durations."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self.pin = Pin(guest)
        self.samples: list[Sample] = []
        self.durations: dict[str, float] = {}
        self._seen: list[list[PinSample]] = []
        """Not yet compared: the daemon's clock is known best in the end."""

    def begin(self) -> None:
        """Configure lamp, clock and schedule, and wait for the daemon's first status."""
        self._guest.wait_for_agent(START_S)
        self._guest.wait_until("systemctl is-active sproutcast", START_S)
        self._guest.sh("systemctl stop sproutcast", 200)
        self._guest.sh(f"cat > /etc/sproutcast/config.toml <<'END'\n{CONFIG}\nEND")
        self._guest.sh("mkdir -p /run/systemd/system/sproutcast.service.d")
        self._guest.sh(f"cat > /run/systemd/system/sproutcast.service.d/zz-faster.conf <<'END'\n{FASTER}\nEND")
        self._guest.sh("rm -rf /var/lib/sproutcast/*; date -s '2027-06-01 04:00:00'; systemctl daemon-reload")
        self.start()

    def start(self) -> None:
        """Start the daemon and wait until it has set its lamp."""
        self._guest.sh("touch /run/requested; systemctl start --no-block sproutcast")
        self._resync_clock()

    def _resync_clock(self) -> None:
        self._guest.wait_until(f"test {LIGHT_STATE} -nt /run/requested", 300)
        self._clock = DaemonClock(self._guest, SPEED)

    def follow(self, until: str) -> None:
        """Sample the pin until the daemon's time `until`, then compare."""
        while self._clock.at(time.monotonic()) < datetime.fromisoformat(until):
            self._seen.append(self.pin.sample_cycles())
            self._clock.read()
        self.compare()

    def compare(self) -> None:
        """Compare all samples with the schedule."""
        for samples in self._seen:
            one = self._sample(samples)
            print(f"{one.at:%d %H:%M} plan {one.planned:.3f}, pin {one.off_by:+.3f} ({one.reads} reads)", flush=True)
            self.samples.append(one)
        self._seen.clear()

    def _sample(self, samples: list[PinSample]) -> Sample:
        """Compare each cycle with the level scheduled at its time.

        The median counts: an emulated thread that is briefly not scheduled leaves the pin unchanged meanwhile.
        """
        first, last = self._clock.at(samples[0].at_s), self._clock.at(samples[-1].at_s)
        edges = self._planned(first - EDGE), self._planned(last + EDGE)
        phase: Phase = "still" if edges[0] == edges[1] else "sunrise" if edges[0] < edges[1] else "sunset"
        off_by = sum(sample.high for sample in samples) / len(samples) - self._planned(last)
        by_cycle = [one.duty - self._planned(self._clock.at(one.at_s)) for one in cycles(samples)]
        if phase != "still" and len(by_cycle) >= FEW:
            off_by = statistics.median(by_cycle)
        return Sample(at=last, planned=self._planned(last), off_by=off_by, phase=phase, reads=len(samples))

    def _planned(self, at: datetime) -> float:
        return planned_level(self._clock.memory.schedule, at)

    def span(self, name: str, high: bool, within_s: float) -> None:
        """Measure how long until the pin stays at a level."""
        began = time.monotonic()
        while any(self.pin.sample().high != high for _ in range(SURE)):
            if time.monotonic() - began > within_s:
                raise GuestError(f"{name}: the pin is not {'high' if high else 'low'} after {within_s:.0f} s")
        self.durations[name] = round(time.monotonic() - began, 1)
        print(f"{name}: {self.durations[name]} s", flush=True)

    def kill(self) -> None:
        """Kill the daemon (SIGKILL) by day: the lamp goes off, and on again after the restart."""
        self._guest.sh("touch /run/requested; kill -9 $(systemctl show -p MainPID --value sproutcast)")
        self.span("killed_to_dark_s", high=False, within_s=120)
        self.span("then_dark_for_s", high=True, within_s=240)
        self._resync_clock()

    def stop(self) -> None:
        """Stop the daemon by day: the lamp goes off and stays off."""
        self._guest.sh("systemctl stop --no-block sproutcast")
        self.span("stopped_to_dark_s", high=False, within_s=120)
        self._guest.wait_until("test $(systemctl is-active sproutcast) = inactive", 200)
        if any(self.pin.sample().high for _ in range(SURE)):
            raise GuestError("the pin went high although the daemon was stopped")
        self.start()
        self.span("started_to_bright_s", high=True, within_s=120)

    def panic(self) -> None:
        """Panic the kernel by day: reset, lamp off, and on again although the clock is lost. Time is real from here."""
        before = DaemonClock(self._guest, SPEED).memory
        # The kernel's usual ten seconds are counted in processor time here, which is scarce.
        self._guest.sh("sync; sysctl -w kernel.panic=1")
        self._guest.send("echo c > /proc/sysrq-trigger")
        self.span("panic_to_dark_s", high=False, within_s=240)
        self._guest.wait_for_agent(START_S)
        self.span("then_starting_for_s", high=True, within_s=START_S)
        self._clock = self._await_new_state(before)
        self._seen.append(self.pin.sample_cycles())
        self.compare()

    def _await_new_state(self, before: LightState) -> DaemonClock:
        while (clock := DaemonClock(self._guest, 1)).memory.at == before.at:
            time.sleep(1)
        return clock


def deviations(samples: list[Sample]) -> dict[str, float]:
    """Deviations of pin and schedule: maximum on constant levels, median and maximum on ramps."""
    off = {phase: [one.off_by for one in samples if one.phase == phase] for phase in get_args(Phase)}
    figures: dict[str, float] = {f"{phase}_samples": len(some) for phase, some in off.items()}
    for phase, some in off.items():
        figures[f"{phase}_worst"] = round(max(map(abs, some)), 4)
        figures[f"{phase}_middle"] = round(statistics.median(some), 4)
    return figures


def within_limits(seen: dict[str, float]) -> bool:
    """Whether the deviations are within the limits."""
    ramps = max(abs(seen["sunrise_middle"]), abs(seen["sunset_middle"]))
    return seen["still_worst"] == 0 and ramps <= MAX_DEVIATION


def main() -> int:
    """Exit status 1 when pin and schedule differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    card = fresh_card(args.image, args.work)
    with Guest(card, args.work, Raspi3b(OTHERS)) as guest:
        watch = LampMonitor(guest)
        watch.begin()
        watch.follow("2027-06-01T10:00Z")
        watch.kill()
        watch.follow("2027-06-02T10:00Z")
        watch.stop()
        watch.panic()
    card.unlink()
    seen = deviations(watch.samples)
    reads = sum(one.reads for one in watch.samples)
    print(json.dumps({"register_reads": reads, **seen, **watch.durations, "held": within_limits(seen)}))
    return 0 if within_limits(seen) else 1


if __name__ == "__main__":
    sys.exit(main())
