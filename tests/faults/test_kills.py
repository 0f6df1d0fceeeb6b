import os
import random
import time
from datetime import datetime

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.light_plan import planned_level
from sproutcast_pi.model.light_schedule import LightSchedule
from tests.daemon.helpers import DaemonProcess, kill_process
from tests.waiting import wait_until

KILLS = int(os.environ.get("KILLS", "6"))
"""`make test-faults` runs 200."""
SPEED = 600
CONFIG = """\
[network]
listen = false
[captures]
interval_min = 10
only_when_lit = false
[light.schedule]
max_hours_per_day = 24
"""
"""Each crash counts as minutes burned, and a hundred in a day would spend the usual budget; here none is wanted."""


@pytest.mark.timeout(600 + KILLS * 20)
def test_kill_9_loses_no_acknowledged_row(tmp_path):
    chance = random.Random(20270601)
    daemon = DaemonProcess(tmp_path, "--speed", str(SPEED), config=CONFIG)
    daemon.start()
    client = daemon.client()
    acknowledged = []
    pictures = set()
    client.subscribe(
        "SELECT * FROM capture WHERE state = 'done'",
        lambda message: pictures.update(
            row["id"] for row in (getattr(message, "rows", None) or getattr(message, "insert", []))
        ),
    )
    killed = {"daemon": 0, "worker": 0}
    while sum(killed.values()) < KILLS:
        if not daemon.alive():
            daemon.start()
        daemon.connected(client)
        end = time.monotonic() + chance.uniform(0.05, 2.0)
        while time.monotonic() < end:
            care = client.call("log_care", {"plant_id": 1, "kind": "note", "text": "looked"})
            refused = care.exception(90)
            if refused is not None:
                assert isinstance(refused, RefusedError)
                assert refused.code == "unavailable", refused
                break
            acknowledged.append(care.result())
        worker = daemon.worker()
        if worker and chance.random() < 0.5:
            kill_process(worker)
            killed["worker"] += 1
        else:
            daemon.kill()
            killed["daemon"] += 1
            assert daemon.rows("PRAGMA integrity_check") == [("ok",)]
    if not daemon.alive():
        daemon.start()
    daemon.connected(client)
    wait_until(lambda: pictures)
    client.stop()
    assert daemon.stop() == 0
    stored = {row[0] for row in daemon.rows("SELECT id FROM care_event")}
    assert acknowledged
    assert set(acknowledged) <= stored, "acknowledged care events are missing"
    assert pictures <= {row[0] for row in daemon.rows("SELECT id FROM capture WHERE state = 'done'")}
    _no_half_files(daemon)
    _light_was_right(daemon)
    print(f"\n{killed} kills, {len(acknowledged)} acknowledged rows, {len(pictures)} pictures")


def _no_half_files(daemon):
    named = {}
    for file, thumb, overlay, size in daemon.rows(
        "SELECT file, thumb, overlay, bytes FROM capture WHERE state = 'done'"
    ):
        named[file] = size
        named.update(dict.fromkeys(filter(None, (thumb, overlay))))
    folder = daemon.folder / "data" / "pictures"
    for path in folder.rglob("*"):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            assert name in named, f"{name} belongs to no capture"
            assert named[name] in {None, path.stat().st_size}
    assert all((folder / name).exists() for name in named)


def _light_was_right(daemon):
    """Every level on record is the planned one of its moment, a capture's hold, or the dark of a stop."""
    schedule = LightSchedule(zone="UTC")
    for at, level, reason in daemon.rows("SELECT at, level, reason FROM light_change ORDER BY id"):
        planned = planned_level(schedule, datetime.fromisoformat(at))
        expected = 1.0 if reason == "capture" else planned
        assert abs(level - expected) <= 0.03 or reason == "off", (at, level, reason, planned)
    for (state,) in daemon.rows("SELECT state FROM capture WHERE state = 'taking'"):
        pytest.fail(f"a capture is left in {state}")
