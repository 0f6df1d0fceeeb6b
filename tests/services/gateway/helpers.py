"""The people and things of the gateway's tests."""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sproutcast_pi.protocol import websocket
from sproutcast_pi.protocol.client import DaemonClient, Message, RowChanges, Snapshot
from sproutcast_pi.protocol.row_cache import Row, RowCache
from sproutcast_pi.services.call_pipeline import LIMITS, CallPipeline, Transport
from sproutcast_pi.services.first_pairing import FirstPairing
from sproutcast_pi.services.gateway import Gateway, GatewaySettings
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.services.rate_limit import RateLimit
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store

PATIENCE_S = 90.0


class GatewayHarness:
    """A running gateway and what belongs to it."""

    def __init__(self, store: Store, pipeline: CallPipeline, gateway: Gateway, clock: FakeClock) -> None:
        self.store = store
        self.pipeline = pipeline
        self.gateway = gateway
        self.clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.failure: BaseException | None = None

    @property
    def socket(self) -> Path:
        assert self.gateway.settings.socket is not None
        return self.gateway.settings.socket

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.gateway.port}"

    def start(self) -> None:
        self._stop.clear()

        def run() -> None:
            try:
                self.gateway.run(self._stop)
            except BaseException as error:
                self.failure = error
                raise

        self._thread = threading.Thread(target=run)
        self._thread.start()
        assert self.gateway.ready.wait(PATIENCE_S)

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_S)
            assert not self._thread.is_alive()

    def call(self, reducer: str, **args: Any) -> Any:
        return self.store.call(reducer, args, caller=INTERNAL).value

    def token(self, role: str) -> str:
        code = self.call_as_owner("start_pairing", {"role": role})["code"]
        return self.pipeline.pair(code, f"the {role}")[0]

    def call_as_owner(self, name: str, args: dict[str, Any]) -> Any:
        return http_request(self, "POST", f"/v1/call/{name}", args, local=True)[1]["value"]


PAGE_URL = "http://greenhouse.local:9191"


@contextlib.contextmanager
def start_gateway(
    folder: Path,
    clock: FakeClock,
    limits: dict[Transport, RateLimit] | None = None,
    has_screen: Callable[[], bool] = lambda: True,
    first_phone: bool = True,
    **settings: Any,
) -> Iterator[GatewayHarness]:
    store = Store(folder / "store.db", clock=clock, device="spr-test")
    pipeline = CallPipeline(
        store=store,
        clock=clock,
        metrics=Metrics(),
        pairing=Pairing(clock, page_url=lambda: PAGE_URL),
        first_phone=FirstPairing(store=store, clock=clock, has_screen=has_screen, allowed=first_phone),
        limits={**LIMITS, **(limits or {})},
    )
    pictures = folder / "pictures"
    pictures.mkdir(exist_ok=True)
    chosen = {"host": "127.0.0.1", "port": 0, "socket": folder / "s.sock", "pictures": pictures} | settings
    harness = GatewayHarness(store, pipeline, Gateway(pipeline, GatewaySettings(**chosen)), clock)
    harness.start()
    try:
        yield harness
    finally:
        harness.stop()
        store.close()


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE_S)
        self.sock.connect(str(self._path))


def http_request(
    harness: GatewayHarness,
    method: str,
    path: str,
    body: Any = None,
    *,
    local: bool = False,
    token: str | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any, dict[str, str]]:
    """One request: status, decoded body, headers."""
    connection = (
        UnixConnection(harness.socket)
        if local
        else http.client.HTTPConnection("127.0.0.1", harness.gateway.port, timeout=PATIENCE_S)
    )
    sent = dict(headers or {})
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    connection.request(method, path, content, sent)
    response = connection.getresponse()
    data = response.read()
    kind = response.headers.get("Content-Type", "")
    connection.close()
    return response.status, json.loads(data) if "json" in kind and data else data, dict(response.headers)


class Follower:
    """Follows a query and keeps its rows, as a screen would."""

    def __init__(self, client: DaemonClient, sql: str) -> None:
        self.messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.errors: queue.SimpleQueue[Exception] = queue.SimpleQueue()
        self._cache: RowCache[Row] = RowCache()
        self.rows = self._cache.by_key()
        self.inserted: list[dict[str, Any]] = []
        self.subscription = client.subscribe(sql, self._on_message, self.errors.put)

    def _on_message(self, message: Message) -> None:
        if isinstance(message, RowChanges):
            assert all(row["id"] in self.rows for row in message.delete)
            self.inserted += message.insert
        self._cache.apply(message)
        self.messages.put(message)

    def next(self) -> Message:
        return self.messages.get(timeout=PATIENCE_S)

    def next_change(self) -> RowChanges:
        message = self.next()
        assert isinstance(message, RowChanges)
        return message

    def snapshot(self) -> Snapshot:
        message = self.next()
        assert isinstance(message, Snapshot)
        return message


class RawSocket:
    """A raw WebSocket: sends any bytes, and reads (and answers a ping) only on demand."""

    def __init__(
        self, harness: GatewayHarness, *, path: str = "/v1/subscribe", protocol: str = "v1.json.sproutcast"
    ) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._sending = threading.Lock()
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(str(harness.socket))
        key = websocket.new_key()
        self.socket.sendall(websocket.handshake("localhost", path, key, protocol, {}))
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.socket.recv(4096)
        head, _, self._early = received.partition(b"\r\n\r\n")
        websocket.check_handshake(head, key, b"")
        self._reader = websocket.FrameReader()
        self._ready: list[tuple[int, bytes]] = list(self._reader.feed(self._early))

    def send(self, payload: bytes, opcode: int = websocket.TEXT) -> None:
        with self._sending:
            self.socket.sendall(websocket.encode_frame(opcode, payload, b"\1\2\3\4"))

    def send_message(self, **message: Any) -> None:
        self.send(json.dumps(message).encode())

    def receive(self, end: float | None = None) -> tuple[int, bytes] | None:
        """The next frame that is no ping, None when the other side has left; fails when it is later than `end`.

        `end`, of the monotonic clock, is PATIENCE_S from now where none is given.
        """
        end = time.monotonic() + PATIENCE_S if end is None else end
        while True:
            while not self._ready:
                assert time.monotonic() < end, "nothing but keepalive came in time"
                try:
                    data = self.socket.recv(65536)
                except ConnectionError:
                    return None
                if not data:
                    return None
                self._ready += self._reader.feed(data)
            frame = self._ready.pop(0)
            if frame[0] != websocket.PING:
                return frame
            with contextlib.suppress(OSError):
                self.send(frame[1], websocket.PONG)

    def receive_message(self, kind: str) -> dict[str, Any]:
        """The next message of that type."""
        for opcode, payload in self._frames():
            if opcode == websocket.TEXT and (message := json.loads(payload))["type"] == kind:
                return message
            assert opcode != websocket.CLOSE, payload
        raise AssertionError("the server left")

    def receive_any(self, *kinds: str) -> dict[str, Any]:
        """The next message of one of these types."""
        for opcode, payload in self._frames():
            if opcode == websocket.TEXT and (message := json.loads(payload))["type"] in kinds:
                return message
        raise AssertionError("the server left")

    def close_code(self) -> int | None:
        """Read until the server closes; its code, None when it just hung up."""
        for opcode, payload in self._frames():
            if opcode == websocket.CLOSE:
                return int.from_bytes(payload[:2], "big")
        return None

    def refused_or_closed(self) -> str | int | None:
        """Read until the server refuses what was sent or closes: "refused", or as `close_code`."""
        for opcode, payload in self._frames():
            if opcode == websocket.CLOSE:
                return int.from_bytes(payload[:2], "big")
            if opcode == websocket.TEXT and json.loads(payload)["type"] == "refused":
                return "refused"
        return None

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        """What comes until the server hangs up; the keepalive of an open connection does not count as progress."""
        end = time.monotonic() + PATIENCE_S
        while (frame := self.receive(end)) is not None:
            yield frame

    def close(self) -> None:
        self.socket.close()
