"""A few complete devices in one process, each with its own store and sync; they write until stdin is closed."""

from __future__ import annotations

import itertools
import logging
import sys
import threading
import time
from pathlib import Path

from sproutcast_pi.services.sync.service import SyncOptions
from tests.hub.helpers import Device

EVERY_S = 1.0
"""Interval between two writes of a device."""


def main() -> None:
    folder, port, count = Path(sys.argv[1]), *map(int, sys.argv[2:])
    logging.disable(logging.WARNING)
    options = SyncOptions(pictures="none", patience_s=30.0)
    devices = [
        Device(folder / str(number), port, name=f"spr-whole{number}", options=options) for number in range(count)
    ]
    for device in devices:
        device.call("create_plant", name="Basil")
        device.start()
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stopped.set()), daemon=True).start()
    began = time.monotonic()
    for turn in itertools.count():
        device = devices[turn % count]
        if stopped.wait(max(0.0, began + turn * EVERY_S / count - time.monotonic())):
            return
        args = {"plant_id": 1, "kind": "note", "text": "calm"}
        device.store.submit("log_care", args, caller=device.internal)


if __name__ == "__main__":
    main()
