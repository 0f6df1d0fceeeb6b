"""A running daemon under hostile inputs at every boundary: it answers them all, obeys its owner and keeps its lamp.

`make test-hostile` tries 30,000, with a seed of its own each time (`SEED=` repeats one); the default tests a slice.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sproutcast_pi.config.read import check_text
from sproutcast_pi.protocol import websocket
from sproutcast_pi.protocol.client import DaemonClient
from sproutcast_pi.store.csv_text import read_rows
from tests.hostile import inputs
from tests.waiting import wait_until

SEED = int(os.environ.get("SEED", "1"))
INPUTS = int(os.environ.get("HOSTILE_INPUTS", "1500"))
MAX_CALL_S = float(os.environ.get("OWNER_CALL_S", "60"))
"""How long the owner may wait for an answer; `make test-hostile` sets one second, a busy machine's slice any answer."""
LAMP_S = 6.0
"""The light loop looks once a second."""
ANSWER_S = 60.0
LAMP_CHANGES = 2
SPARED = {
    "override_light", "clear_light_override", "set_light_schedule", "factory_reset", "restart_device",
    "shut_down_device", "leave_safe_mode", "install_update", "roll_back_update", "check_for_update", "request_capture",
}  # fmt: skip
"""They move the lamp, whose place is compared here, or end the device; each has hostile tests of its own."""
SHARES = {"reducers": 0.55, "json frames": 0.12, "bsatn frames": 0.12, "queries": 0.04, "http": 0.1, "texts": 0.07}


class Owner:
    """Calls all the time and moves the lamp; what is slow or wrong is kept."""

    def __init__(self, at: Path) -> None:
        self.slowest_s = 0.0
        self.calls = 0
        self.lamp_changes = 0
        self.faults: list[str] = []
        self._level = -1.0
        self._reason = ""
        self._stop = threading.Event()
        self._live = threading.Event()
        self.client = DaemonClient(at, name="owner")
        self.client.on_state(lambda state, _: self._live.set() if state == "live" else None)
        self.client.subscribe("SELECT * FROM light", self._on_light, lambda error: self.faults.append(str(error)))
        self.client.start()
        assert self._live.wait(ANSWER_S)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self.client.stop()

    def call(self, reducer: str, **args: Any) -> None:
        began = time.perf_counter()
        try:
            self.client.call(reducer, args).result(ANSWER_S)
        except Exception as error:  # noqa: BLE001  whatever it is, the owner was not obeyed
            self.faults.append(f"{reducer}: {error!r}")
        self.slowest_s = max(self.slowest_s, time.perf_counter() - began)
        self.calls += 1

    def _on_light(self, message: Any) -> None:
        for row in [*getattr(message, "rows", []), *getattr(message, "insert", []), *getattr(message, "update", [])]:
            self._level, self._reason = row["now_level"], row["now_reason"]

    def _run(self) -> None:
        wanted, since = 0.25, 0.0
        while not self._stop.wait(0.05):
            self.call("set_setting", name="ui.tick", value=self.calls)
            now = time.monotonic()
            if abs(self._level - wanted) < 0.01 or not since:
                self.lamp_changes += bool(since)
                wanted, since = (0.75 if wanted == 0.25 else 0.25), now
                self.call("override_light", level=wanted, minutes=60)
            elif self._reason == "capture":
                since = now  # a photograph is being taken: the lamp is held for it
            elif now - since > LAMP_S:
                self.faults.append(f"the lamp is at {self._level}, {LAMP_S} s after {wanted} was ordered")
                since = now


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    (tmp_path / "c.toml").write_text("[network]\nlisten = false\n")
    at, log = tmp_path / "s.sock", tmp_path / "log"
    run = ["run", "--config", "c.toml", "--data", "data", "--camera", "simulated", "--light", "simulated"]
    with log.open("wb") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-m", "sproutcast_pi", *run, "--socket", str(at)], cwd=tmp_path, stderr=stderr
        )
        try:
            yield at, log
            assert child.poll() is None, "the daemon has ended"
        finally:
            child.terminate()
            child.wait(ANSWER_S)


class Wire:
    """A WebSocket to the daemon that is opened again whenever the daemon has closed it."""

    def __init__(self, at: Path, path: str, protocol: str) -> None:
        self._at, self._path, self._protocol = at, path, protocol
        self.codes: Counter[int] = Counter()
        self._open()

    def _open(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(ANSWER_S)
        self._socket.connect(str(self._at))
        key = websocket.new_key()
        self._socket.sendall(websocket.handshake("localhost", self._path, key, self._protocol, {}))
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._socket.recv(4096)
        head, _, early = received.partition(b"\r\n\r\n")
        websocket.check_handshake(head, key, b"")
        self._reader = websocket.FrameReader()
        self._frames = list(self._reader.feed(early))

    def frame(self) -> tuple[int, bytes] | None:
        """The next frame, None when the daemon has closed the connection."""
        while not self._frames:
            try:
                data = self._socket.recv(1 << 16)
            except ConnectionError:
                return None
            if not data:
                return None
            self._frames += self._reader.feed(data)
        opcode, payload = self._frames.pop(0)
        if opcode == websocket.CLOSE:
            self.codes[int.from_bytes(payload[:2], "big")] += 1
            return None
        return opcode, payload

    def send(self, payload: bytes, opcode: int) -> None:
        self._socket.sendall(websocket.encode_frame(opcode, payload, b"\1\2\3\4"))

    def answered(self, payload: bytes, opcode: int) -> None:
        """Send a frame and then a ping: the pong comes once it was read, unless the daemon closes."""
        with contextlib.suppress(BrokenPipeError, ConnectionError):
            self.send(payload, opcode)
            self.send(b"?", websocket.PING)
        while (found := self.frame()) is not None:
            if found == (websocket.PONG, b"?"):
                return
        self._socket.close()
        self._open()


class Attack:
    """What is tried at each boundary, and what came of it."""

    def __init__(self, at: Path, draw: Random) -> None:
        self._at, self._draw = at, draw
        self.tried: Counter[str] = Counter()
        self.internal: list[str] = []
        self.json = Wire(at, "/v1/subscribe", "v1.json.sproutcast")
        self.bsatn = Wire(at, "/v1/database/sproutcast/subscribe", "v3.bsatn.spacetimedb")
        self._schema = json.loads(
            self._http(b"GET /v1/schema HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        )

    def run(self, boundary: str, count: int) -> None:
        """Try so many inputs at a boundary."""
        tries: dict[str, Callable[[], None]] = {
            "json frames": lambda: self.json.answered(inputs.json_frame(self._draw), websocket.TEXT),
            "bsatn frames": lambda: self.bsatn.answered(inputs.bsatn_frame(self._draw), websocket.BINARY),
            "http": self._try_http,
            "texts": self._try_texts,
        }
        if boundary in ("reducers", "queries"):
            self._ask_all(boundary, count)
        else:
            for _ in range(count):
                tries[boundary]()
        self.tried[boundary] += count

    def _ask_all(self, boundary: str, count: int) -> None:
        """Requests with ids, some at once; each must be answered under its id."""
        wire = Wire(self._at, "/v1/subscribe", "v1.json.sproutcast")
        known = [one for one in self._schema["reducers"] if one["name"] not in SPARED]
        at_once = 40 if boundary == "reducers" else 10
        for start in range(0, count, at_once):
            waiting: dict[int, str] = {}
            for number in range(start, min(start + at_once, count)):
                if boundary == "reducers":
                    reducer = self._draw.choice(known)
                    args = inputs.arguments(self._draw, reducer["arguments"])
                    message = {"type": "call", "id": number, "reducer": reducer["name"], "args": args}
                else:
                    message = {"type": "subscribe", "id": number, "sql": inputs.query(self._draw)}
                text = json.dumps(message).encode()
                # Half a character, or too much, is no message at all and ends the connection; frames try those.
                if len(text) > 200_000 or b"\\ud8" in text:
                    continue
                waiting[number] = text[:300].decode()
                wire.send(text, websocket.TEXT)
            while waiting:
                found = wire.frame()
                assert found is not None, f"the daemon hung up on one of {list(waiting.values())[:3]}"
                if found[0] == websocket.PING:
                    wire.send(found[1], websocket.PONG)
                    continue
                answer = json.loads(found[1]) if found[0] == websocket.TEXT else {}
                asked = waiting.pop(answer.get("id"), None)
                if answer.get("type") == "refused" and answer["code"] == "internal":
                    self.internal.append(f"{asked}: {answer['message']}")
                elif asked is not None and boundary == "queries" and answer["type"] == "rows":
                    wire.send(json.dumps({"type": "unsubscribe", "id": answer["id"]}).encode(), websocket.TEXT)

    def _try_http(self) -> None:
        request = inputs.http_request(self._draw)
        answer = self._http(request, whole=True)
        if b" 500 " in answer[:20]:
            self.internal.append(f"{request[:200]!r}: {answer[-300:]!r}")

    def _http(self, request: bytes, *, whole: bool = False) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_S)
            connection.connect(str(self._at))
            with contextlib.suppress(BrokenPipeError):
                connection.sendall(request)
            received = b""
            with contextlib.suppress(ConnectionError):
                while piece := connection.recv(1 << 16):
                    received += piece
        return received if whole else received.partition(b"\r\n\r\n")[2]

    def _try_texts(self) -> None:
        """Configurations and CSV: any text is read, or its fault is named."""
        draw = self._draw
        key, given = draw.choice(("hours", "start", "level", "x")), draw.choice((*inputs.LITERALS, *inputs.TEXTS))
        text = f"[light]\n{key} = {given}\n"
        check_text(inputs.mutate(draw, text.encode("utf-8", "replace")).decode("utf-8", "replace"))
        lines = [f'{draw.choice(inputs.TEXTS)},"{draw.choice(inputs.TEXTS)}",1\r\n' for _ in range(3)]
        with contextlib.suppress(ValueError):
            list(read_rows(lines))  # type: ignore[arg-type]  # any lines will do


@pytest.mark.timeout(900)
def test_thirty_thousand_hostile_inputs(daemon: tuple[Path, Path]) -> None:
    at, log = daemon
    until = time.monotonic() + ANSWER_S
    while not at.exists():
        assert time.monotonic() < until, log.read_text()[-2000:]
        time.sleep(0.05)
    owner = Owner(at)
    attack = Attack(at, Random(SEED))
    began = time.monotonic()
    try:
        for boundary, share in SHARES.items():
            attack.run(boundary, round(INPUTS * share))
        wait_until(lambda: owner.lamp_changes >= LAMP_CHANGES or owner.faults)  # a slice is over sooner than the lamp
    finally:
        owner.stop()
    tracebacks = log.read_text(errors="replace").count("Traceback (most recent call last)")
    print(
        f"\nhostile: seed {SEED}, {sum(attack.tried.values())} inputs {dict(attack.tried)} in "
        f"{time.monotonic() - began:.0f} s, {len(attack.internal)} internal errors, {tracebacks} tracebacks, "
        f"{owner.calls} calls of the owner, "
        f"slowest {owner.slowest_s:.2f} s, the lamp obeyed {owner.lamp_changes} times"
    )
    assert not attack.internal, attack.internal[:5]
    assert not owner.faults, owner.faults[:5]
    assert tracebacks == 0, log.read_text(errors="replace")[-3000:]
    assert owner.slowest_s < MAX_CALL_S
    assert owner.lamp_changes >= LAMP_CHANGES
    assert {1011} & set(attack.json.codes | attack.bsatn.codes) == set()
