"""Follows a query over the network; prints each message and each state: `phone.py URL TOKEN SQL QUIET_S`."""

from __future__ import annotations

import queue
import sys

import msgspec

from sproutcast_pi.protocol import websocket_client
from sproutcast_pi.protocol.client import DaemonClient


def main() -> None:
    url, token, sql, quiet_s = sys.argv[1:]
    websocket_client.IDLE_TIMEOUT_S = float(quiet_s)
    client = DaemonClient(url, token=token)
    events: queue.SimpleQueue[object] = queue.SimpleQueue()
    client.on_state(lambda state, _: events.put({"state": state}))
    client.subscribe(sql, events.put)
    client.start()
    while True:
        print(msgspec.json.encode(events.get()).decode(), flush=True)


if __name__ == "__main__":
    main()
