"""A disk that fills up in mid-commit: whole calls are refused with the reason, and all goes on once there is room."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.protocol.client import DaemonClient
from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL
from tests.services.gateway.helpers import PATIENCE_S, Follower, GatewayHarness, RawSocket, http_request, start_gateway
from tests.waiting import wait_for_health

NOTE = "x" * 3000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes, half of it taken."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "small", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small file system")
    (folder / "ballast").write_bytes(b"x" * 2_000_000)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def full_disk(small_disk: Path, clock: FakeClock) -> Iterator[GatewayHarness]:
    with start_gateway(small_disk, clock) as harness:
        yield harness


def test_calls_are_refused_whole_and_go_on_when_there_is_room(full_disk: GatewayHarness, small_disk: Path) -> None:
    harness = full_disk
    plant = harness.call("create_plant", name="Basil")
    health = HealthReporter(harness.store, retry_s=0.05)
    health.report("camera", "bad", "Stopped working.")
    client = DaemonClient(harness.socket)
    client.start()
    care = Follower(client, "SELECT * FROM care_event")
    newest = Follower(client, "SELECT * FROM care_event ORDER BY id DESC LIMIT 3")
    care.snapshot()
    newest.snapshot()
    many = RawSocket(harness)
    kept: list[int] = []
    refused: list[dict[str, object]] = []
    number = 0
    while not refused:
        for _ in range(20):
            number += 1
            args = {"plant_id": plant, "kind": "note", "text": NOTE}
            many.send_message(type="call", id=number, reducer="log_care", args=args)
        for _ in range(20):
            answer = many.receive_any("answer", "refused")
            if answer["type"] == "answer":
                kept.append(answer["value"])
            else:
                refused.append(answer)
    assert {answer["code"] for answer in refused} == {"unavailable"}
    assert "disk is full" in str(refused[0]["message"])
    assert [row["id"] for row in harness.store.query("SELECT id FROM care_event ORDER BY id")] == kept
    with (small_disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(b"x" * 4096):
            pass
    long, fits = "x" * 300, True
    while fits:
        number += 1
        tried = {"part": f"part {number % 50}", "state": "ok", "message": f"{number} {long}"}
        fits = harness.store.submit("set_health", tried, caller=INTERNAL).exception(PATIENCE_S) is None
    health.submit("camera", "ok", f"Working again. {long}")
    with pytest.raises(RefusedError, match="full"):
        harness.store.call("set_health", tried, caller=INTERNAL)
    (small_disk / "filler").unlink()
    (small_disk / "ballast").unlink()
    wait_for_health(harness.store, "camera", lambda row: row["state"] == "ok")
    status, answer, _ = http_request(
        harness, "POST", "/v1/call/log_care", {"plant_id": plant, "kind": "water"}, local=True
    )
    assert status == 200
    while answer["value"] not in care.rows or answer["value"] not in newest.rows:
        care.next() if answer["value"] not in care.rows else newest.next()
    ids = [row["id"] for row in harness.store.query("SELECT id FROM care_event ORDER BY id")]
    assert sorted(care.rows) == ids
    assert sorted(newest.rows) == ids[-3:]
    assert harness.store.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    many.close()
    client.stop()
