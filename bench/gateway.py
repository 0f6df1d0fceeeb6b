"""Gateway benchmark: `make bench-gateway`. Each figure with its reference from the same run."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import Any

from aiohttp import web
from slow_disk import syncs_taking

from sproutcast_pi.hardware.system_clock import SystemClock
from sproutcast_pi.services.call_pipeline import CallPipeline
from sproutcast_pi.services.gateway import Gateway, GatewaySettings
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.store import writer
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers import all_reducers

HERE = Path(__file__).parent
CLIENTS = 1000
ROUNDS = 40
CALLS = 6000
CARDS_S = (0.001, 0.005)
"""Duration of a sync on a good and on an ordinary card."""
CALLED: tuple[dict[str, Any], ...] = (
    {"reducer": "plain_care", "args": {}},
    {"reducer": "log_care", "args": {"plant_id": 1, "kind": "water"}},
)
SQL = "SELECT * FROM care_event ORDER BY id DESC LIMIT 50"


@reducer(role="owner")
def plain_care(ctx: Context) -> None:
    """Minimal reducer: one row by one statement."""
    values = (1, "water", ctx.at, ctx.caller.name, ctx.at)
    ctx.execute("INSERT INTO care_event (plant_id, kind, at, caller, created_at) VALUES (?, ?, ?, ?, ?)", values)


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """Open a store with a gateway at `folder`/s.sock."""
    clock = SystemClock()
    known = all_reducers() | {"plain_care": plain_care.__reducer__}
    store = Store(folder / "store.db", clock=clock, device="bench", reducers=known)
    door = CallPipeline(store=store, clock=clock, metrics=Metrics(), pairing=Pairing(clock))
    settings = GatewaySettings(host=None, socket=folder / "s.sock", max_connections=CLIENTS + 50)
    gateway = Gateway(door, settings)
    stop = threading.Event()
    thread = threading.Thread(target=gateway.run, args=(stop,))
    thread.start()
    gateway.ready.wait()
    store.call("create_plant", {"name": "Basil"}, caller=INTERNAL)
    try:
        yield store
    finally:
        stop.set()
        thread.join()
        store.close()


@contextmanager
def crowd(clients: int, address: Path, path: str, protocol: str, sql: str) -> Iterator[Callable[[], dict[str, Any]]]:
    """Run clients in another process; the function returns their next report."""
    command = [sys.executable, str(HERE / "gateway_crowd.py"), str(clients), str(address), path, protocol, sql]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    output = child.stdout
    assert "joined" in json.loads(output.readline())
    try:
        yield lambda: json.loads(output.readline())
    finally:
        child.kill()
        child.wait()


def log_watering(store: Store) -> None:
    """Run one transaction."""
    store.call("log_care", {"plant_id": 1, "kind": "water"}, caller=INTERNAL)


def time_gateway(folder: Path) -> tuple[list[float], list[float], bytes]:
    """Milliseconds from call, and from commit, to the last client; and the bytes received."""
    from_call, from_commit = [], []
    with (
        open_store(folder) as store,
        crowd(CLIENTS, folder / "s.sock", "/v1/subscribe", "v1.json.sproutcast", SQL) as next_,
    ):
        for _ in range(ROUNDS):
            begun = time.monotonic()
            log_watering(store)
            committed = time.monotonic()
            at = next_()["at"]
            from_call.append((at - begun) * 1000)
            from_commit.append((at - committed) * 1000)
        row = store.query("SELECT * FROM care_event ORDER BY id DESC LIMIT 1")[0]
    diff = {"type": "diff", "seq": 100, "reducer": "log_care", "changes": [{"id": 1, "insert": [row], "delete": [row]}]}
    return from_call, from_commit, json.dumps(diff, separators=(",", ":")).encode()


def time_bare_websockets(folder: Path, message: bytes) -> list[float]:
    """Reference: the same bytes to as many clients through plain aiohttp."""
    sockets: list[web.WebSocketResponse] = []
    loop = asyncio.new_event_loop()
    text = message.decode()

    async def take(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("bare",), compress=False)
        await socket.prepare(request)
        sockets.append(socket)
        async for _ in socket:
            pass
        return socket

    async def begin() -> web.AppRunner:
        application = web.Application()
        application.add_routes([web.get("/", take)])
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.UnixSite(runner, str(folder / "bare.sock")).start()
        return runner

    async def broadcast() -> None:
        for socket in sockets:
            await socket.send_str(text)

    runner = loop.run_until_complete(begin())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    taken = []
    with crowd(CLIENTS, folder / "bare.sock", "/", "bare", "") as next_:
        for _ in range(ROUNDS):
            begun = time.monotonic()
            asyncio.run_coroutine_threadsafe(broadcast(), loop)
            taken.append((next_()["at"] - begun) * 1000)
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    return taken


def calls_per_second(folder: Path, group: int, call: dict[str, Any], sync_s: float) -> float:
    """Reducer calls per second through the socket with 20 subscribers, at a maximum group size."""
    kept, writer.MAX_BATCH = writer.MAX_BATCH, group
    try:
        with (
            syncs_taking(sync_s),
            open_store(folder) as store,
            crowd(20, folder / "s.sock", "/v1/subscribe", "v1.json.sproutcast", SQL),
        ):
            calls = CALLS if group > 1 else CALLS // 4
            words = [str(folder / "s.sock"), "8", str(calls), json.dumps(call)]
            command = [sys.executable, str(HERE / "gateway_callers.py"), *words]
            rate = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            assert store.stats().subscriptions > 20, "some subscribers could not keep up and were let go"
            return rate
    finally:
        writer.MAX_BATCH = kept


def calls(folders: Iterator[Path]) -> Iterator[str]:
    """Table lines: grouped and ungrouped calls, on this disk and on one as slow as a card."""
    for sync_s in (0.0, *CARDS_S):
        disk = f"and {sync_s * 1000:g} ms more a sync" if sync_s else "this disk"
        for call in CALLED:
            rates = {}
            for group in (1, writer.MAX_BATCH):
                rates[group] = calls_per_second(new_folder(folders), group, call, sync_s)
            grouped, single = rates[writer.MAX_BATCH], rates[1]
            yield (
                f"| `{call['reducer']}` a second through the socket, 20 subscribers, `synchronous=FULL`, {disk} "
                f"| {grouped:.0f} grouped | {single:.0f}, one call a commit | {grouped / single:.1f} | at least 5 |"
            )


def time_broadcasts(folder: Path) -> list[float]:
    """Milliseconds from a commit to the line of `sproutcast watch --json`."""
    with open_store(folder) as store:
        command = [sys.executable, "-m", "sproutcast_pi", "watch", SQL, "--json", "--socket", str(folder / "s.sock")]
        child = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        taken = []
        for _ in range(200):
            log_watering(store)
            committed = time.monotonic()
            child.stdout.readline()
            taken.append((time.monotonic() - committed) * 1000)
        child.kill()
        child.wait()
    return taken


def shown(values: list[float]) -> str:
    """Median and the 99th percentile."""
    return f"{statistics.median(values):.2f} ms (p99 {sorted(values)[int(len(values) * 0.99)]:.1f})"


def broadcasts(folders: Iterator[Path]) -> Iterator[str]:
    """Table lines: a thousand clients at once."""
    folder = new_folder(folders)
    from_call, from_commit, message = time_gateway(folder)
    alone = time_bare_websockets(folder, message)
    middle = statistics.median(alone)
    yield (
        f"| {CLIENTS} WebSocket clients on one query: last one served after the commit | {shown(from_commit)} "
        f"| aiohttp alone, same {len(message)} bytes: {shown(alone)} | {statistics.median(from_commit) / middle:.2f} "
        "| at most 2 |"
    )
    ratio = statistics.median(from_call) / middle
    yield f"| the same from the call, commit included | {shown(from_call)} | the same | {ratio:.2f} | |"


def new_folder(folders: Iterator[Path]) -> Path:
    """Create the next folder."""
    folder = next(folders)
    folder.mkdir()
    return folder


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], "broadcast", "calls", "watch"], default=[])
    parts = parser.parse_args().parts or ["broadcast", "calls", "watch"]
    print("| measure | ours | compared with | ratio | reach |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folders = (Path(name) / str(number) for number in count())
        lines: list[Iterator[str]] = []
        if "broadcast" in parts:
            lines.append(broadcasts(folders))
        if "calls" in parts:
            lines.append(calls(folders))
        for line in chain(*lines):
            print(line, flush=True)
        if "watch" in parts:
            watched = shown(time_broadcasts(new_folder(folders)))
            print(f"| commit to the line `sproutcast watch --json` prints | {watched} | | | |")


if __name__ == "__main__":
    main()
