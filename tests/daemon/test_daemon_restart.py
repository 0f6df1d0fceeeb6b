"""`sproutcast watch` stays while the whole daemon is killed and comes back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.daemon.helpers import DaemonProcess

SQL = "SELECT * FROM care_event"
STARTS = 2


@pytest.mark.slow
def test_watch_misses_nothing_when_the_daemon_is_killed(tmp_path: Path) -> None:
    daemon = DaemonProcess(tmp_path)
    daemon.start()
    client = daemon.client()
    daemon.connected(client)
    words = [sys.executable, "-m", "sproutcast_pi", "watch", SQL, "--json"]
    watch = subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env={**os.environ, "SPROUTCAST_SOCKET": str(daemon.socket)}
    )
    assert watch.stdout is not None
    try:
        plant = client.call("create_plant", {"name": "Watched"}).result(60)
        assert json.loads(watch.stdout.readline()) == {"rows": []}
        wanted: list[int] = []
        for _ in range(STARTS):
            wanted += [client.call("log_care", {"plant_id": plant, "kind": "water"}).result(60) for _ in range(5)]
            away = threading.Event()
            client.on_state(lambda state, _, away=away: away.set() if state == "away" else None)
            daemon.kill()
            assert away.wait(60)
            daemon.start()
            daemon.connected(client)
        wanted.append(client.call("log_care", {"plant_id": plant, "kind": "feed"}).result(60))
        seen: list[int] = []
        while len(seen) < len(wanted):
            line = json.loads(watch.stdout.readline())
            assert not line.get("rows"), "the rows came afresh instead of what was missed"
            seen += [row["id"] for row in line.get("insert", [])]
        assert seen == wanted
    finally:
        client.stop()
        watch.kill()
        watch.communicate()
        daemon.kill()
