"""A group of devices in one process, each with its own store and sync; told on stdin what to do."""

from __future__ import annotations

import logging
import os
import random
import sys
import threading
import time
from pathlib import Path

from fleet import Device

from sproutcast_pi.services.sync.service import SyncOptions

CALM_S = 10.0
"""Each device writes once in so long."""
BACKLOG = 40
"""Rows each device holds when all come at once."""


def main() -> None:
    folder, port, group, count = Path(sys.argv[1]), *map(int, sys.argv[2:])
    threading.stack_size(512 * 1024)
    logging.disable(logging.WARNING)
    devices = [
        Device(
            folder / f"{group}-{number}",
            port,
            name=f"spr-{group:02d}{number:04d}",
            options=SyncOptions(pictures="none", patience_s=30.0),
        )
        for number in range(count)
    ]
    for line in sys.stdin:
        {"plant": plant, "start": start, "calm": calm, "stop": stop, "write": write}[line.strip()](devices)
        resident = int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024
        print(f"{resident / count:.2f} MB a device in a shared process {os.getpid()}", flush=True)


def plant(devices: list[Device]) -> None:
    for device in devices:
        device.call("create_plant", name="Basil")


def start(devices: list[Device]) -> None:
    for device in devices:
        device.start()
        # Devices of their own would not share one processor to say hello with.
        time.sleep(CALM_S / len(devices))


def stop(devices: list[Device]) -> None:
    leaving = [threading.Thread(target=device.stop) for device in devices]
    for thread in leaving:
        thread.start()
    for thread in leaving:
        thread.join()


def note(device: Device, text: str):
    args = {"plant_id": 1, "kind": "note", "text": text}
    return device.store.submit("log_care", args, caller=device.internal)


def calm(devices: list[Device]) -> None:
    """Three rounds, the devices evenly spread over each."""
    for _ in range(3):
        random.shuffle(devices)
        began = time.monotonic()
        for place, device in enumerate(devices):
            time.sleep(max(0.0, began + place * CALM_S / len(devices) - time.monotonic()))
            note(device, "calm")


def write(devices: list[Device]) -> None:
    for future in [note(device, f"backlog {number}") for number in range(BACKLOG) for device in devices]:
        future.result()


if __name__ == "__main__":
    main()
