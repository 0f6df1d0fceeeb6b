"""The network goes away without notice: what happens meanwhile comes after, each change once.

The outage is seconds long, and what either end waits for is shortened alike; OUTAGE_S=60 is the real minute.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sproutcast_pi.protocol.websocket_client import IDLE_TIMEOUT_S
from sproutcast_pi.services.gateway import GatewaySettings
from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.helpers import PATIENCE_S, start_gateway
from tests.services.gateway.network_faults import CLIENT_SCRIPT, Namespace, Relay
from tests.waiting import wait_until

MINUTE_S = 60.0
OUTAGE_S = float(os.environ.get("OUTAGE_S", "3"))
MISSED = 500


class ClientOutput:
    """What a phone says of the messages it got, and how its link is."""

    def __init__(self, phone: subprocess.Popen[str]) -> None:
        self.state = ""
        self._phone = phone
        self._events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def next(self) -> dict[str, Any]:
        """The next message."""
        return self._events.get(timeout=PATIENCE_S)

    def _listen(self) -> None:
        assert self._phone.stdout is not None
        for line in self._phone.stdout:
            event = json.loads(line)
            if "state" in event:
                self.state = event["state"]
            else:
                self._events.put(event)


@pytest.fixture(params=["packets dropped", "relay"])
def wire(request: pytest.FixtureRequest) -> Iterator[Namespace | Relay]:
    if request.param == "packets dropped" and (hindrance := Namespace.hindrance()):
        pytest.skip(hindrance)
    made = Namespace() if request.param == "packets dropped" else Relay()
    yield made
    made.close()


def test_what_500_transactions_changed_comes_once_each(
    wire: Namespace | Relay, tmp_path: Path, clock: FakeClock
) -> None:
    scale = min(OUTAGE_S / MINUTE_S, 1.0)
    settings = {"host": wire.host, "ping_s": GatewaySettings().ping_s * scale}
    with start_gateway(tmp_path, clock, **settings) as harness:
        plant = harness.call("create_plant", name="Basil")
        words = [
            wire.url(harness.gateway.port),
            harness.token("viewer"),
            "SELECT * FROM care_event",
            str(IDLE_TIMEOUT_S * scale),
        ]
        phone = subprocess.Popen(
            wire.command(sys.executable, str(CLIENT_SCRIPT), *words), stdout=subprocess.PIPE, text=True
        )
        listener = ClientOutput(phone)
        try:
            assert listener.next()["rows"] == []
            harness.call("log_care", plant_id=plant, kind="water")
            assert [row["id"] for row in listener.next()["insert"]] == [1]
            wire.cut()
            begun = time.monotonic()
            for number in range(MISSED - 1):
                harness.call("log_care", plant_id=plant, kind="note", text=f"{number}")
            harness.call("delete_care", care_id=1)
            threading.Event().wait(max(begun + OUTAGE_S - time.monotonic(), 0.0))
            # Both ends find out by themselves, a busy machine's a little later.
            wait_until(lambda: not harness.gateway.sessions() and listener.state == "away")
            wire.restore()
            missed = [listener.next() for _ in range(MISSED)]
        finally:
            phone.kill()
            phone.wait()
    assert all(change.get("resumed") for change in missed)
    assert [change["seq"] for change in missed] == list(range(missed[0]["seq"], missed[0]["seq"] + MISSED))
    assert [row["id"] for change in missed for row in change.get("insert", [])] == list(range(2, MISSED + 1))
    assert [row["id"] for change in missed for row in change.get("delete", [])] == [1]
