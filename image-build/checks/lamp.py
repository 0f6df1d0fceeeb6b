"""The lamp's pin on an emulated Raspberry Pi 3B: the host reads the chip's level register and compares with the plan.

Nothing of the guest is believed about the pin: QEMU's monitor reads GPLEV0 of the BCM2837. From the guest come only
the daemon's clock (`light.json`) and the schedule it keeps.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cards import fresh_card
from guest import Guest, GuestError
from machines import Raspi3b

from sproutcast_pi.model.light_plan import day_curve
from sproutcast_pi.services.light_keeper import LightMemory

PIN = 18
GPLEV0 = 0x3F200034
"""Pin levels of GPIO 0 to 31 (BCM2835 ARM Peripherals, 6.1), where a Pi 2 and 3 has its peripherals."""
SPEED = 300
LOOKS = 300
"""Register reads for one duty cycle."""
SLACK = timedelta(seconds=90)
"""Of the daemon's time: ticks, and the guest's reading of its clock; 0.3 s of ours."""
DUTY_SLACK = 0.1
"""Software PWM on an emulated processor, seen at random moments."""
FLAT = {(0.0, 0.0), (1.0, 1.0)}
"""By night and by day the pin must not blink once."""
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
MEMORY = "/var/lib/sproutcast/light.json"
OTHERS = "systemd.mask=mosquitto.service systemd.mask=NetworkManager.service systemd.mask=avahi-daemon.service"


class Sample(msgspec.Struct, frozen=True):
    """What pin and plan said at one moment."""

    at: datetime
    duty: float
    planned: tuple[float, float]
    """The least and the most the plan asks for around this moment."""

    @property
    def off_by(self) -> float:
        """How far the pin is from the plan."""
        return max(self.planned[0] - self.duty, self.duty - self.planned[1], 0.0)


class Pin:
    """The lamp's pin as the chip has it."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._chance = random.Random(2837)  # noqa: S311 - moments, not secrets

    def high(self) -> bool:
        """Whether it is high at this moment."""
        word = self._guest.monitor(f"xp /1wx {GPLEV0:#x}").split(":")[1]
        return bool(int(word, 16) >> PIN & 1)

    def duty(self, looks: int = LOOKS) -> float:
        """The share of time it is high, from looks at random moments."""
        seen = 0
        for _ in range(looks):
            seen += self.high()
            time.sleep(self._chance.uniform(0.0, 0.004))
        return seen / looks


class Watch:
    """Follows one guest's lamp and notes every sample and every span that was measured."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self.pin = Pin(guest)
        self.samples: list[Sample] = []
        self.told: dict[str, float] = {}
        self._speed = SPEED

    def begin(self) -> None:
        """Give the daemon its lamp, its clock and its day, and wait for its first word."""
        self._guest.wait_for_agent()
        self._guest.until("systemctl is-active sproutcast", 600)
        self._guest.sh("systemctl stop sproutcast", 200)
        self._guest.sh(f"cat > /etc/sproutcast/config.toml <<'END'\n{CONFIG}\nEND")
        self._guest.sh("mkdir -p /run/systemd/system/sproutcast.service.d")
        self._guest.sh(f"cat > /run/systemd/system/sproutcast.service.d/zz-faster.conf <<'END'\n{FASTER}\nEND")
        self._guest.sh("rm -rf /var/lib/sproutcast/*; date -s '2027-06-01 05:00:00'; systemctl daemon-reload")
        self.start()

    def start(self) -> None:
        """Start the daemon and wait until it has set its lamp."""
        self._guest.sh("touch /run/asked; systemctl start --no-block sproutcast")
        self._heard_again()

    def _heard_again(self) -> None:
        self._guest.until(f"test {MEMORY} -nt /run/asked", 300)

    def now(self) -> tuple[LightMemory, datetime]:
        """The lamp's memory, and the daemon's present moment, from the age of the file that holds it."""
        told = self._guest.sh(f"exec 3< {MEMORY}; cat <&3; echo; stat -L -c %.9Y /dev/fd/3; date +%s.%N").out
        text, written, now = told.rsplit("\n", 2)
        memory = msgspec.json.decode(text, type=LightMemory)
        assert memory.at
        return memory, memory.at + timedelta(seconds=(float(now) - float(written)) * self._speed)

    def sample(self) -> Sample:
        """Look at the pin for a while, and at the plan of that while."""
        began = time.monotonic()
        duty = self.pin.duty()
        memory, now = self.now()
        # The guest looked at its clock after our looks and before its answer came, so this is the earliest it can be.
        first = now - timedelta(seconds=(time.monotonic() - began) * self._speed) - SLACK
        curve = day_curve(memory.schedule, first, now + SLACK)
        levels = [level for _, level in curve]
        one = Sample(first, duty, (min(levels), max(levels)))
        self.samples.append(one)
        print(f"{one.at:%d %H:%M} pin {duty:.3f}, plan {min(levels):.3f} to {max(levels):.3f}", flush=True)
        return one

    def follow(self, until: str) -> None:
        """Sample up to the daemon's moment `until`."""
        while self.sample().at < datetime.fromisoformat(until):
            pass

    def span(self, name: str, high: bool, within_s: float) -> None:
        """How long until the pin stays at this level."""
        began = time.monotonic()
        while self.pin.duty(60) != float(high):
            if time.monotonic() - began > within_s:
                raise GuestError(f"{name}: the pin is not {'high' if high else 'low'} after {within_s:.0f} s")
        self.told[name] = round(time.monotonic() - began, 1)
        print(f"{name}: {self.told[name]} s", flush=True)

    def kill(self) -> None:
        """End it without a warning (kill -9), by day: dark, and bright again by itself."""
        self._guest.sh("touch /run/asked; kill -9 $(systemctl show -p MainPID --value sproutcast)")
        self.span("killed_to_dark_s", high=False, within_s=120)
        self.span("then_dark_for_s", high=True, within_s=240)
        self._heard_again()

    def stop(self) -> None:
        """An orderly stop by day: dark, and dark it stays."""
        self._guest.sh("systemctl stop --no-block sproutcast")
        self.span("stopped_to_dark_s", high=False, within_s=120)
        self._guest.until("test $(systemctl is-active sproutcast) = inactive", 200)
        if self.pin.duty() > 0:
            raise GuestError("the pin went high although the daemon was stopped")
        self.start()
        self.span("started_to_bright_s", high=True, within_s=60)

    def panic(self) -> None:
        """The kernel dies by day: reset, dark, and bright again although the clock is lost. From here time is real."""
        before, _ = self.now()
        self._guest.sh("sync")
        self._guest.tell("echo c > /proc/sysrq-trigger")
        self.span("panic_to_dark_s", high=False, within_s=120)
        self._guest.wait_for_agent()
        self.span("then_starting_for_s", high=True, within_s=600)
        self._speed = 1
        while self.now()[0].at == before.at:
            time.sleep(1)
        self.sample()

    def worst(self) -> tuple[float, float]:
        """How far pin and plan were apart at most: where the plan is flat, and on ramps."""
        flat = [one.off_by for one in self.samples if one.planned in FLAT]
        ramps = [one.off_by for one in self.samples if one.planned not in FLAT]
        return max(flat), max(ramps)


def main() -> int:
    """Exit status 1 when pin and plan differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    card = fresh_card(args.image, args.work)
    with Guest(card, args.work, Raspi3b(OTHERS)) as guest:
        watch = Watch(guest)
        watch.begin()
        watch.follow("2027-06-01T11:00Z")
        watch.kill()
        watch.follow("2027-06-01T15:00Z")
        watch.stop()
        watch.follow("2027-06-02T09:00Z")
        watch.panic()
    card.unlink()
    flat, ramps = watch.worst()
    held = flat == 0 and ramps <= DUTY_SLACK
    found = {"samples": len(watch.samples), "register_reads": len(watch.samples) * LOOKS, "worst_flat": flat}
    print(json.dumps({**found, "worst_ramp": round(ramps, 3), **watch.told, "held": held}))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
