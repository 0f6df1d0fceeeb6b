"""Follows a query over the network and prints each message: `phone.py URL TOKEN SQL QUIET_S`."""

from __future__ import annotations

import sys
import threading

import msgspec

from sproutcast_pi.protocol import link
from sproutcast_pi.protocol.client import Client


def main() -> None:
    url, token, sql, quiet_s = sys.argv[1:]
    link.QUIET_S = float(quiet_s)
    client = Client(url, token=token)
    client.subscribe(sql, lambda message: print(msgspec.json.encode(message).decode(), flush=True))
    client.start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
