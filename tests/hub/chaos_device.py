"""A device as a process of its own that may be killed at any time: writes its rows and pictures, and syncs."""

import random
import sys
import threading
import time
from pathlib import Path

from tests.hub.helpers import Device


def main() -> None:
    folder, port, name, rows, photographs, seconds = sys.argv[1:]
    device = Device(Path(folder), int(port), name=name)
    device.call("fail_stale_captures")
    device.start()
    if not device.store.query("SELECT id FROM plant"):
        device.call("create_plant", name="Basil")
    write(device, int(rows), int(photographs), float(seconds))
    threading.Event().wait()


def write(device: Device, rows: int, photographs: int, seconds: float) -> None:
    """Go on from where the last process was, so that in the end there are exactly so many."""
    chance = random.Random(device.store.device)
    written = count(device, "care_event")
    while written < rows:
        burst = min(rows - written, chance.randint(1, 60))
        futures = [
            device.store.submit(
                "log_care", {"plant_id": 1, "kind": "note", "text": f"note {written + n + 1}"}, caller=device.internal
            )
            for n in range(burst)
        ]
        for future in futures:
            future.result()
        written += burst
        while photographs and count(device, "capture WHERE state = 'done'") < photographs * written // rows:
            number = count(device, "capture")
            device.photograph(random.Random(number).randbytes(chance.randint(30_000, 120_000)), b"small %d" % number)
        # The pace of a test that is to be killed while it goes on, not a wait for anything.
        time.sleep(seconds * burst / rows)


def count(device: Device, what: str) -> int:
    return device.store.query(f"SELECT count(*) AS n FROM {what}")[0]["n"]


if __name__ == "__main__":
    main()
