"""Many WebSocket clients in one process: they count frames and report when the last client received each one.

Run as `gateway_crowd.py CLIENTS ADDRESS PATH PROTOCOL SQL`; prints one JSON line once all are subscribed, then one for
every frame that all received: the time (CLOCK_MONOTONIC, the same in every process) of the last arrival.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import time
from pathlib import Path

from sproutcast_pi.protocol import websocket
from sproutcast_pi.protocol.websocket_client import open_socket


def join(address: str, path: str, protocol: str, sql: str) -> socket.socket:
    """Connect a client and read its first rows."""
    connection, host = open_socket(Path(address) if address.startswith("/") else address)
    key = websocket.new_key()
    connection.sendall(websocket.handshake(host, path, key, protocol, {}))
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(4096)
    head, _, rest = received.partition(b"\r\n\r\n")
    websocket.check_handshake(head, key, rest)
    reader = websocket.FrameReader()
    frames = list(reader.feed(rest))
    if sql:
        ask = json.dumps({"type": "subscribe", "id": 1, "sql": sql}).encode()
        connection.sendall(websocket.encode_frame(websocket.TEXT, ask, os.urandom(4)))
        while not any(b'"type":"rows"' in payload for _, payload in frames):
            frames += reader.feed(connection.recv(65536))
    connection.setblocking(False)
    return connection


def main() -> None:
    """Read until terminated."""
    count, address, path, protocol, sql = sys.argv[1:6]
    selector = selectors.DefaultSelector()
    for _ in range(int(count)):
        connection = join(address, path, protocol, sql)
        selector.register(connection, selectors.EVENT_READ, [websocket.FrameReader(), 0])
    print(json.dumps({"joined": int(count)}), flush=True)
    reached = 0
    behind = int(count)
    while True:
        for key, _ in selector.select():
            reader, seen = key.data
            data = key.fileobj.recv(65536)
            if not data:
                return
            before = seen
            seen += sum(opcode == websocket.TEXT for opcode, _ in reader.feed(data))
            key.data[1] = seen
            behind -= before <= reached < seen
        while behind == 0:
            reached += 1
            print(json.dumps({"reached": reached, "at": time.monotonic()}), flush=True)
            behind = sum(key.data[1] <= reached for key in selector.get_map().values())


if __name__ == "__main__":
    main()
