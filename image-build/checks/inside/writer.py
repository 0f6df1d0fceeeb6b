"""Runs in the guest: note care without end, and tell the host each row's number once it was acknowledged."""

from __future__ import annotations

import threading
from pathlib import Path

from sproutcast_pi.protocol.client import DaemonClient

ACKNOWLEDGED_PORT = Path("/dev/virtio-ports/org.sproutcast.told")


def main() -> None:
    """Write until the power goes."""
    client = DaemonClient(Path("/run/sproutcast/sproutcast.sock"))
    connected = threading.Event()
    client.on_state(lambda state, _reason: connected.set() if state == "live" else None)
    client.start()
    connected.wait()
    with ACKNOWLEDGED_PORT.open("w", buffering=1) as told:
        while True:
            care = client.call("log_care", {"plant_id": 1, "kind": "note", "text": "looked"})
            told.write(f"{care.result(120)}\n")


main()
