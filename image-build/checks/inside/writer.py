"""Writer that runs in the guest: logs care endlessly and sends the host the id of each acknowledged row."""

from __future__ import annotations

import threading
from pathlib import Path

from sproutcast_pi.protocol.client import DaemonClient

ACKNOWLEDGED_PORT = Path("/dev/virtio-ports/org.sproutcast.acknowledged")


def main() -> None:
    """Write until the power is cut."""
    client = DaemonClient(Path("/run/sproutcast/sproutcast.sock"))
    connected = threading.Event()
    client.on_state(lambda state, _reason: connected.set() if state == "live" else None)
    client.start()
    connected.wait()
    with ACKNOWLEDGED_PORT.open("w", buffering=1) as acknowledged:
        while True:
            care = client.call("log_care", {"plant_id": 1, "kind": "note", "text": "looked"})
            acknowledged.write(f"{care.result(120)}\n")


main()
