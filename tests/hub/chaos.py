"""Kill broker, hub and devices hard, at random, while rows and photographs flow; then look whether all came, once.

`python -m tests.hub.chaos --broker mosquitto --hub sqlite --seeds 20` prints a line per seed and exits 1 when any row
was lost, duplicated or out of order, or a photograph lost or changed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import msgspec

from tests.hub.servers import BROKERS, Postgres

HERE = Path(__file__).parent
PATIENCE_S = 120.0


class Process:
    """One of ours, as a process that may be killed."""

    def __init__(self, log: Path, *command: str) -> None:
        self._command = command
        self._log = log
        self._process: subprocess.Popen | None = None
        self.killed = 0

    def start(self) -> None:
        with self._log.open("ab") as log:
            environment = os.environ | {"PYTHONPATH": str(HERE.parents[1])}
            self._process = subprocess.Popen(
                [sys.executable, *self._command], stdout=log, stderr=log, env=environment, cwd=HERE.parents[1]
            )

    def kill(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
            self.killed += 1


class Outcome(msgspec.Struct):
    """What was found, over all devices."""

    rows: int = 0
    lost: int = 0
    doubled: int = 0
    unordered: int = 0
    unequal: int = 0
    photographs: int = 0
    photographs_lost: int = 0
    dead_letters: int = 0
    kills: int = 0
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        return not (
            self.lost or self.doubled or self.unordered or self.unequal or self.photographs_lost or self.dead_letters
        )


class Chaos:
    def __init__(self, folder: Path, broker, postgres, options) -> None:
        self.folder = folder
        self.broker = broker
        self.options = options
        self.names = [f"spr-{number:04d}" for number in range(options.devices)]
        self.devices = {name: self._device(name) for name in self.names}
        # On PostgreSQL what is looked at is the live copy, so that it is tested as well.
        self.store = folder / "hub" / ("replica.db" if postgres else "hub.db")
        self.hubs = self._hubs(postgres)

    def _device(self, name: str) -> Process:
        folder = self.folder / name
        folder.mkdir()
        rows, photographs = (whole // self.options.devices for whole in (self.options.rows, self.options.photographs))
        arguments = (str(folder), str(self.broker.port), name, str(rows), str(photographs), str(self.options.seconds))
        return Process(folder / "log", "-m", "tests.hub.chaos_device", *arguments)

    def _hubs(self, postgres) -> list[Process]:
        folder = self.folder / "hub"
        folder.mkdir()
        config = folder / "hub.toml"
        config.write_text(
            f'data = "{folder}"\ndatabase = "{postgres.url if postgres else ""}"\nenrol = true\n'
            f"keep_session = {'false' if self.options.broker == 'rabbitmq' else 'true'}\n"
            f'[broker]\nhost = "127.0.0.1"\nport = {self.broker.port}\n[serving]\nport = 0\n'
        )
        command = ("-m", "sproutcast_pi", "hub", "run", "--config", str(config))
        if not postgres:
            return [Process(folder / "log", *command)]
        workers = [("--worker", f"{number}/2") for number in (1, 2)]
        if self.options.shared:
            # Two processes for each part, which take turns with its messages.
            workers = [(*worker, "--shared") for worker in workers * 2]
        return [
            Process(folder / f"log-{number}", *command, *role) for number, role in enumerate([*workers, ("--serve",)])
        ]

    def run(self, seed: int) -> Outcome:
        chance = random.Random(seed)
        began = time.monotonic()
        everybody = [*self.devices.values(), *self.hubs]
        for process in everybody:
            process.start()
        targets = [self.broker, *everybody]
        kills = 0
        while time.monotonic() - began < self.options.seconds:
            time.sleep(chance.uniform(0.3, 1.5))
            target = chance.choice(targets)
            target.kill()
            kills += 1
            time.sleep(chance.uniform(0.0, 0.6))
            target.start()
        outcome = Outcome(kills=kills)
        try:
            self._wait()
        finally:
            for process in everybody:
                process.kill()
        self._verify(outcome)
        outcome.seconds = time.monotonic() - began
        return outcome

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while not self._complete():
            if time.monotonic() > end:
                print("    not everything came in time", flush=True)
                return
            time.sleep(0.25)

    def _complete(self) -> bool:
        if not self.store.exists():
            return False
        rows, photographs = (whole // self.options.devices for whole in (self.options.rows, self.options.photographs))
        try:
            for name in self.names:
                there = {"thumb": 0, "photo": 0} | dict(
                    _read(self.store, "SELECT 'rows', count(*) FROM care_event WHERE device = ?", name)
                )
                there |= dict(_read(self.store, "SELECT kind, count(*) FROM photo WHERE device = ? GROUP BY 1", name))
                if there != {"rows": rows, "thumb": photographs, "photo": photographs}:
                    return False
        except apsw.Error:
            return False
        return True

    def _verify(self, outcome: Outcome) -> None:
        inserted = _inserted(self.store)
        outcome.dead_letters = _read(self.store, "SELECT count(*) FROM dead_letter")[0][0]
        for name in self.names:
            own = self.folder / name / "sproutcast.db"
            for table in ("plant", "care_event", "capture"):
                here = _read(own, f"SELECT * FROM {table} ORDER BY id")
                there = _read(self.store, f"SELECT * FROM {table} WHERE device = ? ORDER BY id", name)
                # Columns at the hub begin with device and epoch.
                outcome.unequal += here != [row[2:] for row in there]
            ids = [key for (key,) in _read(own, "SELECT id FROM care_event ORDER BY id")]
            came = inserted.get(name, [])
            outcome.rows += len(ids)
            outcome.lost += len(set(ids) - set(came)) + (self.options.rows // self.options.devices - len(ids))
            outcome.doubled += len(came) - len(set(came))
            outcome.unordered += came != sorted(came)
            for capture, file, sha256 in _read(own, "SELECT id, file, sha256 FROM capture WHERE state = 'done'"):
                outcome.photographs += 1
                outcome.photographs_lost += not self._photo_intact(
                    name, capture, (self.folder / name / "pictures" / file), sha256
                )

    def _photo_intact(self, name: str, capture: int, original: Path, sha256: str) -> bool:
        found = _read(
            self.store,
            "SELECT file FROM photo WHERE device = ? AND capture_id = ? AND sha256 = ?",
            name,
            capture,
            sha256,
        )
        if not found:
            return False
        copy = (self.folder / "hub" / "photographs" / found[0][0]).read_bytes()
        return copy == original.read_bytes() and hashlib.sha256(copy).hexdigest() == sha256


def _inserted(store: Path) -> dict[str, list[int]]:
    """What the hub's log says was inserted into care_event, a device, in order: a second time would show here."""
    found: dict[str, list[int]] = {}
    for (diff,) in _read(store, "SELECT diff FROM _tx ORDER BY seq"):
        for entry in msgspec.json.decode(diff):
            if entry["table"] == "care_event" and entry.get("new") is not None:
                found.setdefault(entry["new"]["device"], []).append(entry["new"]["id"])
    return found


def _read(path: Path, sql: str, *values):
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(5000)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broker", choices=BROKERS, default="mosquitto")
    parser.add_argument("--hub", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--shared", action="store_true", help="PostgreSQL: two workers for each part, at once")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--photographs", type=int, default=50)
    parser.add_argument("--devices", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=12.0, help="how long is written and killed")
    parser.add_argument("--keep", action="store_true", help="leave the folder of a bad seed")
    parser.add_argument("--together", type=int, default=3, help="so many seeds at once, each with servers of its own")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    with ThreadPoolExecutor(options.together) as several:
        good = list(several.map(lambda seed: run_seed(seed, options), seeds))
    return not all(good)


def run_seed(seed: int, options: argparse.Namespace) -> bool:
    """One seed from empty folders to the judgement; whether it was good."""
    folder = Path(tempfile.mkdtemp(prefix="sproutcast-chaos-"))
    postgres = Postgres(folder / "postgres") if options.hub == "postgres" else None
    broker = BROKERS[options.broker](folder / "broker")
    try:
        if postgres:
            postgres.start()
        broker.start()
        outcome = Chaos(folder, broker, postgres, options).run(seed)
    finally:
        broker.remove()
        if postgres:
            postgres.remove()
    way = f"{options.broker}/{options.hub}{'/shared' * options.shared}"
    print(f"{way} seed {seed}: {'ok' if outcome.good else 'BAD'} {outcome}", flush=True)
    if outcome.good or not options.keep:
        subprocess.run(["rm", "-rf", str(folder)], check=False)
    else:
        print(f"    {folder}")
    return outcome.good


if __name__ == "__main__":
    sys.exit(main())
