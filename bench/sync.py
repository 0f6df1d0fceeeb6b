"""Sync benchmark: a backlog drained to a hub against a bare paho publisher; and a thousand devices on one hub.

`python bench/sync.py [drain] [fleet]`: with real processes, a real Mosquitto, and a hub that commits before it answers.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import apsw
import msgspec
from paho.mqtt import client as paho
from sync_crowd import FLOOD_ROWS, IDLE_S

from sproutcast_pi.model.timestamps import from_text
from sproutcast_pi.protocol.client import DaemonClient, RowChanges
from sproutcast_pi.services.sync.service import SyncOptions
from sproutcast_pi.store.log import LoggedChange
from sproutcast_pi.store.tables import AnalysisResult
from tests.hub.helpers import Device
from tests.services.mqtt.helpers import Mosquitto

HERE = Path(__file__).parent
NOW = "2026-11-22T03:06:09.123456Z"
OPTIONS = SyncOptions(pictures="none")
POINT = 0.7
DEADLINE_S = 120.0
IDLE_SAMPLE_S = 30.0
WARM_S = 5.0
LOAD_SAMPLE_S = 60.0


class Hub:
    """Hub in its own process."""

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        config = folder / "hub.toml"
        config.write_text(
            f'data = "{folder}"\nenrol = true\n[broker]\nhost = "127.0.0.1"\nport = {port}\n[serving]\nport = 0\n'
        )
        command = [sys.executable, "-m", "sproutcast_pi", "hub", "run", "--config", str(config)]
        self.process = subprocess.Popen(command, stderr=(folder / "log").open("wb"), cwd=HERE.parent)
        while not (folder / "hub.sock").exists():
            assert self.process.poll() is None, (folder / "log").read_text()
            time.sleep(0.05)

    def memory_mb(self) -> float:
        return memory_mb(self.process.pid)

    def rows(self, table: str) -> int:
        connection = apsw.Connection(str(self.folder / "hub.db"), flags=apsw.SQLITE_OPEN_READONLY)
        connection.set_busy_timeout(5000)
        try:
            return connection.execute(f"SELECT count(*) FROM {table}").get
        finally:
            connection.close()

    def follow(self, sql: str, on_change) -> DaemonClient:
        client = DaemonClient(self.folder / "hub.sock", name="bench")
        client.start()
        ready = threading.Event()

        def message(one):
            if isinstance(one, RowChanges):
                on_change(one)
            else:
                ready.set()

        client.subscribe(sql, message)
        assert ready.wait(20)
        return client

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def memory_mb(pid: int) -> float:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) / 1024


def result(number: int) -> dict:
    """A result row as the pipelines write it."""
    row = {field.column_name: field.default for field in AnalysisResult._meta.sorted_fields}
    return row | {
        "id": number,
        "plant_id": 1,
        "capture_id": 1,
        "at": NOW,
        "bbox": "[812, 640, 420, 388]",
        "area_px": 90_000 + number % 999,
        "area_percent": 0.73 + number / 1e6,
        "area_cm2": 61.2,
        "height_px": 388,
        "chlorophyll_index": 0.41 + number % 13 / 100,
        "excess_green": 0.22,
        "turgor_index": 0.91,
        "hue_deg": 101.3 + number % 7,
        "hue_sd_deg": 9.4,
        "leaf_count": 14,
        "bloom_percent": 0.0,
        "health_score": 80 + number % 20,
        "confidence": 0.93,
    }


def backlog(device: Device, rows: int) -> int:
    """Write `rows` transactions of one row each as the store does; returns the JSON size of one in bytes."""
    connection = apsw.Connection(str(device.store.path))
    connection.execute("PRAGMA foreign_keys = OFF")
    columns = list(result(1))
    (first,) = connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM _tx").fetchone()
    size = 0
    with connection:
        for number in range(1, rows + 1):
            row = result(number)
            diff = msgspec.json.encode([LoggedChange("analysis_result", row)]).decode()
            size = len(diff)
            connection.execute(
                f"INSERT INTO analysis_result VALUES ({', '.join('?' * len(columns))})", tuple(row.values())
            )
            connection.execute(
                "INSERT INTO _tx VALUES (?, ?, 'finish_capture', 'sproutcast', ?)", (first + number - 1, NOW, diff)
            )
    connection.close()
    return size


def bare_publisher(port: int, messages: int, size: int) -> float:
    """Messages per second of plain paho, QoS 1, at its best window, to a durable subscriber."""
    received = threading.Semaphore(0)
    subscriber = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="bare-sub", clean_session=False)
    subscriber.on_message = lambda *_: received.release()
    subscriber.connect("127.0.0.1", port)
    subscriber.subscribe("bare", qos=1)
    subscriber.loop_start()
    publisher = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="bare-pub")
    publisher.max_inflight_messages_set(100)
    window = threading.Semaphore(100)
    publisher.on_publish = lambda *_: window.release()
    publisher.connect("127.0.0.1", port)
    publisher.loop_start()
    payload = os.urandom(size)
    began = time.perf_counter()
    for _ in range(messages):
        window.acquire()
        publisher.publish("bare", payload, qos=1)
    for _ in range(messages):
        received.acquire()
    rate = messages / (time.perf_counter() - began)
    for client in (publisher, subscriber):
        client.disconnect()
        client.loop_stop()
    return rate


def drain(folder: Path, rows: int) -> bool:
    """Print the rate of a backlog to the hub's commit beside a bare publisher's; returns whether it is fast enough."""
    # By default the broker drops messages of a subscriber a thousand behind; the reference needs all of them.
    broker = Mosquitto(folder / "broker", "allow_anonymous true\nmax_queued_messages 0\n")
    broker.start()
    made = Device(folder / "device", broker.port, options=OPTIONS)
    made.call("create_plant", name="Basil")
    made.store.close()
    size = backlog(made, rows)
    bare = [bare_publisher(broker.port, 20_000, size)]
    device = Device(folder / "device", broker.port, options=OPTIONS)
    hub = Hub(folder / "hub", broker.port)
    before = memory_mb(os.getpid())
    began = time.perf_counter()
    device.start()
    while hub.rows("analysis_result") < rows:
        time.sleep(0.1)
    took = time.perf_counter() - began
    after = memory_mb(os.getpid())
    print(f"hub memory {hub.memory_mb():.0f} MB; device's growth while draining {after - before:.1f} MB")
    device.stop()
    hub.stop()
    bare.append(bare_publisher(broker.port, 20_000, size))
    broker.kill()
    rate, publisher = rows / took, statistics.mean(bare)
    print(f"drain: {rows} rows of {size} B in {took:.1f} s: {rate:.0f} rows/s, the hub's commit included")
    print(f"bare paho publisher, QoS 1, window 100, same bytes: {bare[0]:.0f} and {bare[1]:.0f} messages/s")
    print(f"ratio {rate / publisher:.2f} (to reach: {POINT})")
    return rate / publisher >= POINT


def fleet(folder: Path, devices: int, whole: int, processes: int) -> None:
    """Print rows a second, memory and latency with many devices on one hub; `whole` of them have a store of their own.

    The others only send messages: a thousand stores on one machine would measure that machine.
    """
    broker = Mosquitto(folder / "broker")
    broker.start()
    hub = Hub(folder / "hub", broker.port)
    before, broker_before = hub.memory_mb(), memory_mb(broker._process.pid)
    delays: dict[bool, list[float]] = {True: [], False: []}

    def on_change(message: RowChanges) -> None:
        now = datetime.now(UTC)
        for row in message.insert:
            late_ms = (now - from_text(row["created_at"])).total_seconds() * 1000
            delays["whole" in row["device"]].append(late_ms)

    # On a memory disk: each device has a card of its own, these would share one.
    cards = tempfile.mkdtemp(prefix="sproutcast-bench-", dir="/dev/shm")
    crowds = [
        _simulator("sync_crowd.py", str(broker.port), str(number), str((devices - whole) // processes))
        for number in range(processes)
    ]
    few = _simulator("sync_devices.py", cards, str(broker.port), str(whole))
    client = None
    try:
        began = time.perf_counter()
        _await_rows(hub, "plant", devices)
        print(f"{devices} devices there after {time.perf_counter() - began:.1f} s; {whole} of them whole")
        print(
            f"memory a device: hub {(hub.memory_mb() - before) * 1024 / devices:.1f} KB, "
            f"{hub.memory_mb():.0f} MB in all; "
            f"broker {(memory_mb(broker._process.pid) - broker_before) * 1024 / devices:.1f} KB"
        )
        client = hub.follow("SELECT * FROM care_event WHERE text LIKE 'calm%'", on_change)
        _send_command(crowds, "calm")
        time.sleep(IDLE_S + IDLE_SAMPLE_S)
        _send_command(crowds, "rest")
        _print_delays(delays[True], f"{whole} whole devices, commit to subscriber", (devices - whole) / IDLE_S + whole)
        _print_delays(delays[False], "all others, sent to subscriber", (devices - whole) / IDLE_S + whole)
        _send_command(crowds, "flood")
        time.sleep(WARM_S)
        first, began = hub.rows("care_event"), time.perf_counter()
        time.sleep(LOAD_SAMPLE_S)
        rows, took = hub.rows("care_event") - first, time.perf_counter() - began
        print(
            f"all at once, {FLOOD_ROWS} rows a message, each waits for its answer: {rows / took:.0f} rows/s committed "
            f"over {took:.0f} s; hub memory then {hub.memory_mb():.0f} MB"
        )
    finally:
        if client:
            client.stop()
        for process in (*crowds, few):
            process.kill()
            process.wait()
        subprocess.run(["rm", "-rf", cards], check=False)
        hub.stop()
        broker.kill()


def _simulator(*command: str) -> subprocess.Popen:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, str(HERE / command[0]), *command[1:]], stdin=subprocess.PIPE, text=True, env=environment
    )


def _send_command(processes: list[subprocess.Popen], word: str) -> None:
    for process in processes:
        print(word, file=process.stdin, flush=True)


def _await_rows(hub: Hub, table: str, count: int) -> None:
    end = time.monotonic() + DEADLINE_S
    while hub.rows(table) < count:
        assert time.monotonic() < end, f"{hub.rows(table)} of {count} devices came"
        time.sleep(0.2)


def _print_delays(delays: list[float], what: str, rate: float) -> None:
    ordered = sorted(delays)
    print(
        f"latency, {what}: {len(ordered)} rows at {rate:.0f} rows/s in all: "
        f"median {statistics.median(ordered):.1f} ms, p99 {ordered[int(len(ordered) * 0.99)]:.1f} ms"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["drain", "fleet"], help="drain, fleet")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--whole", type=int, default=10)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "drain" in options.what:
            good = drain(folder / "drain", options.rows)
        if "fleet" in options.what:
            fleet(folder / "fleet", options.devices, options.whole, options.processes)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
