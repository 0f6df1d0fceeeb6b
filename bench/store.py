"""Store benchmark: latency, scaling, group commit, first loads, windows beside other live queries, diff capture.

    python bench/store.py [latency] [groups] [load] [windows] [capture] [--quick]

Everything runs in one process at the bare database's side, so that ratios mean something on any machine. Where the disk
would drown the rest, both sides run on /dev/shm, with the same `synchronous=FULL`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import msgspec
from peewee import IntegerField, TextField

from sproutcast_pi.hardware.system_clock import SystemClock
from sproutcast_pi.store.callers import INTERNAL
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.database import WriteDatabase, open_writer
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.messages import QueryDiff, QueryRows
from sproutcast_pi.store.opening import open_database
from sproutcast_pi.store.reducer import Reducer, reducer
from sproutcast_pi.store.tables import Model

MEMORY = Path("/dev/shm")  # a disk that costs nothing, the same for both sides
HERE = Path(__file__).parent
PATIENCE_S = 90
PEERS = ("PGlite live.query", "PGlite live.incrementalQuery", "TanStack DB", "RxDB")


class Reading(Model):
    """Row written by the benchmark."""

    plant_id = IntegerField()
    ts = IntegerField()
    kind = TextField()
    value = IntegerField()


@reducer(role="internal")
def add_reading(ctx: Context, *, plant_id: int, ts: int, kind: str, value: int) -> int:
    """Insert one reading as our reducers do."""
    del ctx
    return int(Reading.create(plant_id=plant_id, ts=ts, kind=kind, value=value).id)


@reducer(role="internal")
def insert_reading(ctx: Context, *, plant_id: int, ts: int, kind: str, value: int) -> int:
    """Insert one reading through a peewee query, to compare with the bare commit of the same."""
    del ctx
    return int(Reading.insert(plant_id=plant_id, ts=ts, kind=kind, value=value).execute())


REDUCERS: dict[str, Reducer] = {each.__name__: each.__reducer__ for each in (add_reading, insert_reading)}


def fill(path: Path, rows: int, plants: int) -> None:
    """Create a database with a number of readings."""
    open_database(path, "bench", SystemClock())
    connection = open_writer(path)
    connection.execute(
        "CREATE TABLE reading (id INTEGER PRIMARY KEY, plant_id INTEGER NOT NULL, ts INTEGER NOT NULL, "
        "kind TEXT NOT NULL, value INTEGER NOT NULL) STRICT"
    )
    connection.execute(
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) "
        "INSERT INTO reading SELECT n, n % ?, n * 1000, 'x', n * 37 % 101 FROM c",
        (rows, plants),
    )
    connection.execute("CREATE INDEX reading_ts ON reading (ts)")
    connection.execute("CREATE INDEX reading_plant ON reading (plant_id, ts)")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()


@contextmanager
def filled(rows: int, plants: int, folder: Path = MEMORY) -> Iterator[Store]:
    """Open a store with a number of readings."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        path = Path(name) / "bench.db"
        fill(path, rows, plants)
        store = Store(path, clock=SystemClock(), device="bench", reducers=REDUCERS)
        try:
            yield store
        finally:
            store.close()


def bare_commits(folder: Path, count: int) -> list[float]:
    """Reference: the same row through peewee, one commit each, on the same kind of connection."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        path = Path(name) / "bare.db"
        fill(path, 1000, 10)
        connection = open_writer(path)
        database = WriteDatabase(connection)
        database.connect()
        Model._meta.database.obj = database
        took = []
        for number in range(count):
            began = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            Reading.insert(plant_id=3, ts=number, kind="x", value=number).execute()
            connection.execute("COMMIT")
            took.append(time.perf_counter() - began)
        Model._meta.database.obj = None
        connection.close()
        return took


def timed_calls(store: Store, sqls: list[str], count: int, plant: int, name: str = "add_reading") -> list[float]:
    """Seconds from each call to the callback of the one query it concerns."""
    received: list[float] = []
    begun = threading.Semaphore(0)

    def receive(message: Any) -> None:
        if isinstance(message, QueryDiff):
            received.append(time.perf_counter())
        else:
            begun.release()

    subscriptions = [store.subscribe(sql, receive, caller=INTERNAL) for sql in sqls]
    for _ in sqls:
        begun.acquire()
    took = []
    for number in range(count + 30):
        args = {"plant_id": plant, "ts": time.monotonic_ns(), "kind": "x", "value": number}
        began = time.perf_counter()
        store.call(name, args, caller=INTERNAL)
        if number >= 30:  # the first ones warm the caches
            took.append(received[-1] - began)
    assert len(received) == count + 30
    for subscription in subscriptions:
        subscription.close()
    store.run_on_writer(lambda: None)
    return took


def latency(*, quick: bool) -> None:
    """Reducer call to subscriber callback, minus the bare commit, over table sizes and numbers of subscriptions."""
    count = 200 if quick else 1000
    print("\nReducer call to subscriber callback, ms median (p99); `own` = minus the bare commit through peewee")
    print(f"{'rows':>9} {'queries':>8} | {'bare':>6} | {'WHERE':>14} {'own':>7} | {'window of 50':>14} {'own':>7}")
    own: list[float] = []
    for rows in (1_000, 100_000) if quick else (1_000, 10_000, 100_000, 1_000_000):
        with filled(rows, 1000) as store:
            for queries in (1, 10, 100, 1000):
                bare = statistics.median(bare_commits(MEMORY, count)) * 1e3
                plain = [f"SELECT * FROM reading WHERE plant_id = {k}" for k in range(queries)]
                took = timed_calls(store, plain, count, 0, "insert_reading")
                windows = [f"{sql} ORDER BY ts DESC LIMIT 50" for sql in plain]
                moved = timed_calls(store, windows, count, 0, "insert_reading")
                own += [middle(took) - bare, middle(moved) - bare]
                print(
                    f"{rows:>9} {queries:>8} | {bare:6.3f} | {shown(took)} {own[-2]:7.3f} | "
                    f"{shown(moved)} {own[-1]:7.3f}"
                )
    plain_own, window_own = own[0::2], own[1::2]
    for name, values in (("WHERE", plain_own), ("window", window_own)):
        low, high = min(values), max(values)
        print(f"{name}: own {low:.3f} to {high:.3f} ms, largest/smallest {high / low:.2f}; reach: under 0.15, 1.5")


def groups(*, quick: bool) -> None:
    """Calls per second on disk, sequential and concurrent."""
    count = 300 if quick else 2000
    with filled(1000, 10, Path(tempfile.gettempdir())) as store:
        for _ in range(20):
            store.subscribe("SELECT * FROM reading WHERE plant_id = 3", lambda _message: None, caller=INTERNAL)
        args = {"plant_id": 3, "ts": 1, "kind": "x", "value": 1}
        single = rate(count, lambda _n: store.call("add_reading", args, caller=INTERNAL))
        before = store.stats()

        def together(_n: int) -> None:
            futures = [store.submit("add_reading", args, caller=INTERNAL) for _ in range(64)]
            # They are answered in order; waiting for each would measure how fast threads take turns.
            futures[-1].result()

        grouped = rate(count // 16, together) * 64
        after = store.stats()
        calls = (after.transactions - before.transactions) / (after.commits - before.commits)
    print("\nReducers a second on this disk, synchronous=FULL, 20 subscribers of each row")
    print(f"one after the other {single:8.0f}/s; 64 open at once {grouped:8.0f}/s ({calls:.0f} a commit)", end="; ")
    print(f"ratio {grouped / single:.1f}, reach: at least 5")


def load(*, quick: bool) -> None:
    """First rows of a large query, and the latency of other diffs meanwhile."""
    rows = 20_000 if quick else 100_000
    with filled(rows, 1000) as store:
        table = store.query("SELECT * FROM reading")
        encoding = statistics.median(encoded(table) for _ in range(5))
        began = time.perf_counter()
        connection = apsw.Connection(str(store.path), flags=apsw.SQLITE_OPEN_READONLY)
        names = ("id", "plant_id", "ts", "kind", "value")
        read = [dict(zip(names, row, strict=True)) for row in connection.execute("SELECT * FROM reading")]
        for start in range(0, rows, 500):
            msgspec.json.encode(read[start : start + 500])
        reading = time.perf_counter() - began
        connection.close()
        del table, read
        took = statistics.median(loaded(store) for _ in range(5))
        received = threading.Event()

        def other(message: Any) -> None:
            if isinstance(message, QueryDiff):
                received.set()

        store.subscribe("SELECT * FROM reading WHERE plant_id = 7", other, caller=INTERNAL)

        def write(until: threading.Event, delays: list[float]) -> None:
            args = {"plant_id": 7, "ts": 1, "kind": "x", "value": 1}
            while not until.is_set():
                received.clear()
                began = time.perf_counter()
                store.submit("add_reading", args, caller=INTERNAL)
                received.wait()
                delays.append(time.perf_counter() - began)

        def meanwhile(act: Callable[[], object]) -> list[float]:
            stop = threading.Event()
            delays: list[float] = []
            writer = threading.Thread(target=write, args=(stop, delays))
            writer.start()
            for _ in range(10):
                act()
            stop.set()
            writer.join()
            return delays

        delays = meanwhile(lambda: loaded(store))
        calm = meanwhile(lambda: time.sleep(took))
    print(f"\nFirst rows of a subscription to {rows} rows, encoded as JSON")
    print(
        f"encoding the ready rows alone {encoding:.3f} s; reading and encoding, nothing else {reading:.3f} s", end="; "
    )
    print(f"subscription {took:.3f} s: {encoding / took:.2f} of the encoding's speed, {reading / took:.2f} of both")
    for name, some in (("while ten of these load", delays), ("while nothing loads", calm)):
        late = sum(delay > 0.02 for delay in some)
        print(f"another client's diff {name}: median (p99) {shown(some)} ms, slowest {max(some) * 1e3:.1f}", end="; ")
        print(f"{late} of {len(some)} over 20 ms")


def encoded(table: list[dict[str, Any]]) -> float:
    """Seconds to encode rows that are in memory."""
    began = time.perf_counter()
    for start in range(0, len(table), 500):
        msgspec.json.encode(table[start : start + 500])
    return time.perf_counter() - began


def loaded(store: Store) -> float:
    """Seconds until all rows of the table are read and encoded."""
    done = threading.Event()
    size: list[int] = []

    def receive(message: Any) -> None:
        if isinstance(message, QueryRows):
            size.append(len(msgspec.json.encode(message.rows) if message.encoded is None else message.encoded))
            if message.done:
                done.set()

    began = time.perf_counter()
    subscription = store.subscribe("SELECT * FROM reading", receive, caller=INTERNAL, as_json=True)
    done.wait()
    took = time.perf_counter() - began
    subscription.close()
    return took


def windows(*, quick: bool) -> None:
    """A live window beside other libraries' on the same work."""
    rows, writes = (10_000, 60) if quick else (100_000, 300)
    folder = HERE.parent / ".cache" / "store_peers"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "window.mjs"):
        shutil.copy(HERE / "store_peers" / name, folder / name)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)
    print(f"\nA write to the callback of a live window, LIMIT 50 over {rows} rows: ms median, mean, p99; MB resident")
    for queries in (1, 100):
        print(f"  {queries} window{'s, each of one plant; the write concerns one' if queries > 1 else ''}")
        with filled(rows, max(10, queries)) as store:
            plain = [f"SELECT * FROM reading WHERE plant_id = {k}" for k in range(queries)]
            sqls = [f"{sql} ORDER BY ts DESC LIMIT 50" for sql in plain]
            if queries == 1:
                sqls = ["SELECT * FROM reading ORDER BY ts DESC LIMIT 50"]
            took = timed_calls(store, sqls, writes, 0)
            compare("Sproutcast Pi (durable)", took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)
        for peer in PEERS:
            command = ["node", "window.mjs", peer, str(rows), str(queries), str(writes)]
            try:
                done = subprocess.run(
                    command, cwd=folder, capture_output=True, text=True, check=True, timeout=PATIENCE_S
                )
            except subprocess.TimeoutExpired:
                print(f"  {peer:32} not done within {PATIENCE_S} s")
                continue
            answer = json.loads(done.stdout.splitlines()[-1])
            compare(peer, [ms / 1e3 for ms in answer["took_ms"]], answer["rss_mb"])


def capture(*, quick: bool) -> None:
    """Cost of capturing changed rows by mechanism: the bare statements, then each capture method."""
    count = 200 if quick else 2000
    print("\nSeeing what a transaction changes, microseconds median (synchronous=OFF, memory)")
    print(f"{'':24} {'insert 1':>9} {'insert 100':>11} {'update 100':>11}")
    for name in ("nothing", "preupdate hook", "TEMP triggers", "session"):
        connection = apsw.Connection(":memory:")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c REAL)")
        seen: list[Any] = []
        if name == "preupdate hook":
            connection.preupdate_hook(lambda update, seen=seen: seen.append((update.old, update.new)))
        elif name == "TEMP triggers":
            connection.create_scalar_function("seen", lambda *values, seen=seen: seen.append(values))
            both = "OLD.id, OLD.a, OLD.b, OLD.c, NEW.id, NEW.a, NEW.b, NEW.c"
            for event, values in (("INSERT", both[28:]), ("UPDATE", both)):
                body = f"AFTER {event} ON main.t BEGIN SELECT seen({values}); END"
                connection.execute(f"CREATE TEMP TRIGGER s{event} {body}")
        one = timed(connection, name, count, ["INSERT INTO t (a, b, c) VALUES ('x', 1, 2.5)"])
        many = timed(connection, name, count // 10, ["INSERT INTO t (a, b, c) VALUES ('x', 1, 2.5)"] * 100)
        moved = timed(connection, name, count // 10, ["UPDATE t SET b = b + 1 WHERE id <= 100"])
        print(f"{name:24} {one:9.1f} {many:11.0f} {moved:11.0f}")


def timed(connection: apsw.Connection, how: str, count: int, statements: list[str]) -> float:
    """Microseconds of a transaction, median."""
    took = []
    for _ in range(count):
        began = time.perf_counter()
        session = apsw.Session(connection, "main") if how == "session" else None
        if session is not None:
            session.attach()
        connection.execute("BEGIN")
        for statement in statements:
            connection.execute(statement)
        connection.execute("COMMIT")
        if session is not None:
            list(apsw.Changeset.iter(session.changeset()))
            session.close()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e6


def rate(count: int, act: Callable[[int], object]) -> float:
    """Iterations per second."""
    began = time.perf_counter()
    for number in range(count):
        act(number)
    return count / (time.perf_counter() - began)


def middle(seconds: list[float]) -> float:
    """Median, ms."""
    return statistics.median(seconds) * 1e3


def shown(seconds: list[float]) -> str:
    """Median and p99, ms."""
    return f"{middle(seconds):6.3f} ({sorted(seconds)[int(len(seconds) * 0.99)] * 1e3:5.2f})"


def compare(name: str, took: list[float], megabytes: float) -> None:
    """One line of the comparison."""
    last = sorted(took)[int(len(took) * 0.99)] * 1e3
    print(f"  {name:32} {middle(took):8.3f} {statistics.mean(took) * 1e3:8.3f} {last:8.2f} {megabytes:6.0f}")


SECTIONS = {"latency": latency, "groups": groups, "load": load, "windows": windows, "capture": capture}


def main() -> None:
    """Run the named sections, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS], default=[])
    parser.add_argument("--quick", action="store_true", help="fewer and smaller, to see that it works")
    args = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, SQLite {apsw.sqlite_lib_version()}, {os.cpu_count()} cores", end=", ")
    print(f"load {os.getloadavg()[0]:.1f}")
    for name in args.sections or SECTIONS:
        SECTIONS[name](quick=args.quick)


if __name__ == "__main__":
    main()
