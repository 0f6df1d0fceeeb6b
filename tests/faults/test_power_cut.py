"""Power cuts at random writes: every acknowledged row is there, the log has no hole, and the file is sound."""

from __future__ import annotations

import os
import random
import shutil

import pytest

from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.callers import Caller
from sproutcast_pi.store.engine import INTERNAL, Store
from tests.faults.recording_vfs import CrashState, RecordingVfs

CUTS = int(os.environ.get("CUTS", "40"))
"""`make test-power-cut N=1000` cuts that often: half on an honest disk, half on one that lies about its syncs."""
OWNER = Caller(name="test", role="owner")
ROUNDS = 150


class Recording:
    """A store on a recording disk; `acknowledged[id]` is how many notes there were when it was acknowledged."""

    def __init__(self, folder) -> None:
        self.acknowledged: dict[int, int] = {}
        disk = RecordingVfs()
        try:
            store = Store(folder / "store.db", clock=FakeClock(), device="spr-test")
            self.begun = len(disk.noted)
            plant = store.call("create_plant", {"name": "Basil"}, caller=OWNER).value
            self.planted = len(disk.noted)
            for number in range(ROUNDS):
                futures = [
                    store.submit("log_care", {"plant_id": plant, "kind": "note", "text": "x" * 300}, caller=OWNER)
                    for _ in range(1 + number % 4)
                ]
                for future in futures:
                    care = future.result(90).value
                    self.acknowledged[care] = len(disk.noted)
                if number % 10 == 3:
                    store.call("request_capture", {}, caller=OWNER)
                    store.call("fail_stale_captures", {}, caller=INTERNAL)
                if number % 25 == 7:
                    store.call("prune_log", {"keep_bytes": 20_000}, caller=INTERNAL)
            store.close()
        finally:
            disk.close()
        self.notes = disk.noted


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return Recording(tmp_path_factory.mktemp("life"))


def check(folder, due: set[int]) -> None:
    store = Store(folder / "store.db", clock=FakeClock(), device="spr-test")
    try:
        assert store.opened.trouble is None
        there = {row["id"] for row in store.query("SELECT id FROM care_event")}
        assert due <= there, f"lost: {sorted(due - there)}"
        log = [row["seq"] for row in store.query("SELECT seq FROM _tx ORDER BY seq")]
        assert log == list(range(log[0], log[0] + len(log))) if log else True
        # The store goes on: a new row gets a new number and is logged.
        if store.query("SELECT id FROM plant"):
            store.call("log_care", {"plant_id": 1, "kind": "water"}, caller=OWNER)
    finally:
        store.close()


@pytest.mark.timeout(600 + CUTS * 4)
@pytest.mark.parametrize("lying", [False, True], ids=["honest", "lying"])
def test_no_cut_loses_what_was_acknowledged(recording, tmp_path, lying):
    chance = random.Random(20270601 + lying)
    points = sorted(chance.randrange(recording.begun, len(recording.notes)) for _ in range(CUTS // 2))
    remains = CrashState()
    seen = 0
    for number, point in enumerate(points):
        while seen < point:
            remains.apply(*recording.notes[seen])
            seen += 1
        folder = tmp_path / str(number)
        if lying:
            remains.cut_lying(folder)
        else:
            remains.cut(folder, chance)
        check(folder, {care for care, notes in recording.acknowledged.items() if notes <= point})
        shutil.rmtree(folder)
    print(f"{len(points)} cuts among {len(recording.notes)} writes and syncs, {len(recording.acknowledged)} rows")


def test_the_rig_can_see_a_loss(recording, tmp_path):
    # A store that does not sync would end like this: the notes without what the last half said was safe.
    remains = CrashState()
    for note in recording.notes[: len(recording.notes) // 2]:
        if note[0] != "sync":
            remains.apply(*note)
    remains.cut(tmp_path / "cut", random.Random(1))
    with pytest.raises(AssertionError):
        check(tmp_path / "cut", set(list(recording.acknowledged)[:5]))


def test_the_recording_is_of_a_day_that_happened(recording):
    assert recording.planted > recording.begun
    assert len(recording.acknowledged) > ROUNDS
