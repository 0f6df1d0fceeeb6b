"""Load generator of reducer calls: `gateway_callers.py SOCKET CONNECTIONS CALLS CALL`; prints calls per second."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from sproutcast_pi.protocol.websocket import TEXT, encode_frame
from sproutcast_pi.protocol.websocket_client import WebSocketClient

IN_FLIGHT = 64


def call(link: WebSocketClient, calls: int, request: dict[str, Any]) -> None:
    """Keep a number of calls in flight until all are answered."""
    frames = [
        encode_frame(
            TEXT,
            json.dumps({"type": "call", "id": number, **request}).encode(),
            os.urandom(4),
        )
        for number in range(calls)
    ]
    sent = answered = 0
    messages = link.messages()
    while answered < calls:
        if sent < calls and sent - answered <= IN_FLIGHT // 2:
            burst = frames[sent : sent + IN_FLIGHT // 2]
            link._socket.sendall(b"".join(burst))
            sent += len(burst)
        message = next(messages)
        answered += message is not None and b'"type":"answer"' in message[:40]


def main() -> None:
    """Call from several connections at once."""
    path, connections, calls = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    links = [WebSocketClient(path, {}) for _ in range(connections)]
    threads = [
        threading.Thread(target=call, args=(link, calls // connections, json.loads(sys.argv[4]))) for link in links
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(calls / (time.perf_counter() - begun))


if __name__ == "__main__":
    main()
