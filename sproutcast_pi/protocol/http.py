"""One HTTP request to the daemon, for what needs no open connection."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import Any

import msgspec

from sproutcast_pi.protocol.messages import Refused
from sproutcast_pi.protocol.websocket_client import CONNECT_S, open_socket

MAX_RESPONSE_BYTES = 16 * 1024 * 1024


def http_request(address: Path | str, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
    """The decoded JSON of the answer; raises RefusedError in the daemon's words, OSError when it is not there."""
    connection = http.client.HTTPConnection("localhost", timeout=CONNECT_S * 6)
    connection.sock, host = open_socket(address)
    connection.sock.settimeout(CONNECT_S * 6)
    headers = {"Host": host, "Connection": "close"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        connection.request(method, path, None if body is None else msgspec.json.encode(body), headers)
        response = connection.getresponse()
        content = response.read(MAX_RESPONSE_BYTES)
    except http.client.HTTPException as error:
        raise OSError(f"the daemon's answer can't be read: {error}") from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        try:
            refused = msgspec.json.decode(content, type=Refused)
        except msgspec.MsgspecError:
            raise OSError(f"the daemon answered {response.status} {response.reason}") from None
        raise refused.error()
    return msgspec.json.decode(content)
