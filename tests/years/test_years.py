"""What years do to a device: a start, a wrong clock, a restore, a full partition, a deleted plant.

The default tests live some weeks of it; `make test-years` ten years. The limits are those of ten years, on a machine
that others share.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import subprocess
import threading
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.cli import run as command
from sproutcast_pi.config.settings import StorageOptions
from sproutcast_pi.errors import StoreError
from sproutcast_pi.services.housekeeper import Housekeeper
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.daily_backup import SPARED_BYTES, save_daily_backup
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.paths import DATABASE, PICTURES
from tests.daemon.helpers import DaemonProcess
from tests.daemon.test_daemon import answers
from tests.years.fill import PLANTS, fill_device
from tests.years.reducer_calls import Calls

YEARS = float(os.environ.get("YEARS", "0.05"))
START_MARGIN_S = 20.0
"""How much longer a start of ten years may take than an empty one: the check of the database's structure."""
ROUND_S = 60.0
CALL_S = 1.0
HOLD_S, HOLD_MB = 0.1, 50.0
"""What one transaction may take of the writer's time and of memory."""
BUSY = 3.0
"""A machine so busy that a new device's transaction takes a third of `HOLD_S` too: then what years add is compared."""
MEMORY_MB = 150
END = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


class SilentBoard:
    def temperature_c(self):
        return None

    def undervoltage(self):
        return None


class Lived:
    """The device, and what was measured on it."""

    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "data"
        self.measured = {}
        self.photos = self.timed("fill_s", lambda: fill_device(self.data, YEARS, END))

    def timed(self, name, act):
        began = time.monotonic()
        result = act()
        self.measured[name] = round(time.monotonic() - began, 2)
        return result

    def open(self, clock):
        return Store(self.data / DATABASE, clock=clock, device="spr-0123456789ab")

    def keeper(self, store, clock):
        storage = StorageOptions(keep_days=36500, max_gb=1000, free_floor_mb=10)
        photos = PhotoStore(self.data / PICTURES)
        return Housekeeper(
            store=store, clock=clock, board=SilentBoard(), pictures=photos, storage=storage, data=self.data
        )


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    one = Lived(tmp_path_factory.mktemp("years"))
    yield one
    size = (one.data / DATABASE).stat().st_size // 1_000_000
    figures = ", ".join(f"{name} {value}" for name, value in one.measured.items())
    print(f"\nYEARS {YEARS:g}: {one.photos} photographs, {PLANTS * one.photos} results, {size} MB: {figures}")


def rows(store):
    tables = ("capture", "analysis_result", "care_event", "plant")
    return {table: store.query(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in tables}


def files(lived):
    return sum(len(names) for _, _, names in os.walk(lived.data / PICTURES))


def start_s(folder):
    config = "[network]\nlisten = false\n[captures]\ninterval_min = 600\n[storage]\nkeep_days = 36500\nmax_gb = 1000\n"
    one = DaemonProcess(folder, config=config + "free_floor_mb = 10\n")
    began = time.monotonic()
    one.start()
    try:
        answers(one)
        took = time.monotonic() - began
        peak = next(
            int(line.split()[1]) // 1000
            for line in Path(f"/proc/{one.process.pid}/status").read_text(encoding="ascii").splitlines()
            if line.startswith("VmHWM")
        )
    finally:
        one.stop()
    return took, peak


def test_a_start_grows_neither_with_the_files_nor_with_the_rows(lived, tmp_path):
    empty, _ = start_s(tmp_path)
    full, peak = start_s(lived.folder)
    lived.measured |= {"start_empty_s": round(empty, 1), "start_s": round(full, 1), "start_peak_mb": peak}
    assert full < empty + START_MARGIN_S
    assert peak < MEMORY_MB


def test_a_wrong_clock_deletes_nothing_and_is_undone(lived):
    clock = FakeClock(END)
    store = lived.open(clock)
    before, there = rows(store), files(lived)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    one = lived.keeper(store, clock)
    lived.timed("round_s", one.run_once)
    for years in (3, 0, 30, 0):
        clock.jump(END + timedelta(days=365 * years, minutes=years))
        lived.timed("round_of_wrong_clock_s", one.run_once)
    assert (rows(store), files(lived)) == (before, there)
    copies = sorted(path.name for path in (lived.data / "backups").iterdir())
    assert f"{END.date()}.tar" in copies
    store.close()
    assert lived.measured["round_s"] < ROUND_S
    lived.measured["round_memory_mb"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) // 1000
    assert lived.measured["round_memory_mb"] < MEMORY_MB


def test_a_restore_brings_every_row_back_and_keeps_later_photographs(lived, tmp_path, monkeypatch):
    monkeypatch.setenv("SPROUTCAST_SOCKET", str(tmp_path / "nobody.sock"))
    store = lived.open(FakeClock(END))
    before = rows(store)
    store.close()
    saved = lived.timed("copy_s", lambda: save_daily_backup(lived.data / DATABASE, tmp_path / "b", END))
    later = lived.data / PICTURES / "2099/01/01/000000-99999999.jpg"
    later.parent.mkdir(parents=True)
    later.write_bytes(b"later")
    assert lived.timed("restore_s", lambda: command(["restore", str(saved), "--data", str(lived.data)])) == 0
    clock = FakeClock(END)
    store = lived.open(clock)
    assert rows(store) == before
    one = lived.keeper(store, clock)
    one.run_once()
    clock.advance(3600)
    one.run_once()
    store.close()
    assert (lived.data / PICTURES / "set-aside/2099/01/01/000000-99999999.jpg").read_bytes() == b"later"
    assert not later.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_partition_without_room_for_a_copy_keeps_the_lamps_room(lived, tmp_path):
    size = (lived.data / DATABASE).stat().st_size
    small = tmp_path / "small"
    small.mkdir()
    room = 2 * size + SPARED_BYTES // 2
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={room}", "small", str(small)], check=True)
    try:
        shutil.copy(lived.data / DATABASE, small / DATABASE)
        free = shutil.disk_usage(small).free
        for _ in range(3):
            with pytest.raises(StoreError, match="daily copy needs"):
                save_daily_backup(small / DATABASE, small / "backups", END)
            write_atomic(small / "light.json", b"x" * 4000)
        assert free - shutil.disk_usage(small).free < 100_000
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)


class WriterMeter:
    """What the writer's thread spends between two deliveries, of the processor's time and of memory.

    Time of the processor and not of the clock: other programs on the machine change nothing in it.
    """

    def __init__(self, store, *, memory):
        self._memory = memory
        self._before_s = 0.0
        self._before_bytes = 0
        self.seconds = self.megabytes = 0.0
        store.on_batch_delivered(self._after_batch)

    def measure(self, act):
        """Run `act`; the most that one transaction of it spent. The garbage of this process's tests is none of it."""
        gc.collect()
        gc.disable()
        try:
            self._reset()
            act()
        finally:
            gc.enable()
        return self.seconds, self.megabytes

    def _reset(self):
        self.seconds = self.megabytes = 0.0
        self._before_s = None
        if self._memory:
            tracemalloc.reset_peak()
        apsw.memory_high_water(True)
        self._before_bytes = self._used()

    def _used(self):
        return apsw.memory_used() + (tracemalloc.get_traced_memory()[0] if self._memory else 0)

    def _after_batch(self):
        now_s = time.thread_time()
        if self._before_s is not None:
            self.seconds = max(self.seconds, now_s - self._before_s)
        self._before_s = now_s
        if self._memory:
            peak = apsw.memory_high_water(True) + tracemalloc.get_traced_memory()[1]
            self.megabytes = max(self.megabytes, (peak - self._before_bytes) / 1e6)
            tracemalloc.reset_peak()


def spent_by_each_reducer(database, folder, *, memory):
    """The most one transaction of each reducer spends on a copy of a database: {reducer: (seconds, megabytes)}."""
    folder.mkdir()
    shutil.copy(database, folder / DATABASE)
    clock = FakeClock(END)
    store = Store(folder / DATABASE, clock=clock, device="spr-0123456789ab")
    meter = WriterMeter(store, memory=memory)
    spent = {}
    if memory:
        tracemalloc.start()
    try:
        for name, args in Calls(store, clock, PLANTS):

            def act(name=name, args=args):
                store.run_on_writer(lambda: None)
                store.call(name, args, caller=INTERNAL)
                store.run_on_writer(lambda: None)  # what follows the last transaction has been delivered by now

            spent[name] = meter.measure(act)
        assert set(spent) == set(store.reducers), "each reducer has its call in `reducer_calls`"
    finally:
        tracemalloc.stop()
        store.close()
    return spent


def test_no_reducer_holds_the_store_for_long_nor_takes_much_memory(lived, tmp_path):
    empty = fill_device(tmp_path / "empty", 0.003, END)
    assert empty
    store = lived.open(FakeClock(END))  # folds the log into the file that is copied
    store.close()
    reference = spent_by_each_reducer(tmp_path / "empty" / DATABASE, tmp_path / "a", memory=False)
    times = spent_by_each_reducer(lived.data / DATABASE, tmp_path / "b", memory=False)
    memory = spent_by_each_reducer(lived.data / DATABASE, tmp_path / "c", memory=True)
    slow = sorted(times, key=lambda name: -times[name][0])[:5]
    large = sorted(memory, key=lambda name: -memory[name][1])[:3]
    print(
        f"\nREDUCERS {YEARS:g} years, all {len(times)}: the writer's processor time, beside a new device's: "
        + ", ".join(f"{name} {times[name][0] * 1000:.0f} ms ({reference[name][0] * 1000:.0f})" for name in slow)
        + "; memory: "
        + ", ".join(f"{name} {memory[name][1]:.1f} MB" for name in large)
    )
    held = {name: spent for name, (spent, _) in times.items() if spent > HOLD_S}
    assert {name: spent for name, spent in held.items() if spent > BUSY * reference[name][0]} == {}
    assert {name: taken for name, (_, taken) in memory.items() if taken > HOLD_MB} == {}


def test_a_plant_of_ten_years_is_deleted_beside_everybody_else(lived):
    store = lived.open(FakeClock(END))
    waits = []
    stop = threading.Event()

    def care():
        while not stop.is_set():
            began = time.monotonic()
            store.call("log_care", {"plant_id": 2, "kind": "water"}, caller=INTERNAL)
            waits.append(time.monotonic() - began)
            stop.wait(0.02)

    carer = threading.Thread(target=care)
    carer.start()
    try:
        lived.timed("delete_plant_s", lambda: _delete(store))
    finally:
        stop.set()
        carer.join()
    lived.measured["slowest_call_s"] = round(max(waits), 3)
    assert store.query("SELECT count(*) AS n FROM analysis_result WHERE plant_id = 1") == [{"n": 0}]
    assert store.query("SELECT count(*) AS n FROM plant") == [{"n": PLANTS - 1}]
    longest = store.query("SELECT max(length(diff)) AS n FROM _tx")[0]["n"]
    store.close()
    assert max(waits) < CALL_S
    assert longest < 10_000_000


def _delete(store):
    """As long as something is left to be deleted: a long history goes in slices."""
    while store.query("SELECT 1 FROM plant WHERE id = 1"):
        store.call("delete_plant", {"plant_id": 1}, caller=INTERNAL)
