"""The network goes away and nobody is told: what happens meanwhile comes after, each change once.

The outage is seconds long, and what either end waits for is shortened alike; OUTAGE_S=60 is the real minute.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from gateway_cast import start_house
from wires import PHONE, Namespace, Relay

from sproutcast_pi.protocol.link import QUIET_S
from sproutcast_pi.services.gateway import GatewaySettings
from sproutcast_pi.simulated.clocks import TurnableClock

MINUTE_S = 60.0
OUTAGE_S = float(os.environ.get("OUTAGE_S", "3"))
MISSED = 500


@pytest.fixture(params=["packets dropped", "relay"])
def wire(request: pytest.FixtureRequest) -> Iterator[Namespace | Relay]:
    if request.param == "packets dropped" and not Namespace.possible():
        pytest.skip("only root may make a network namespace")
    made = Namespace() if request.param == "packets dropped" else Relay()
    yield made
    made.close()


def test_what_500_transactions_changed_comes_once_each(
    wire: Namespace | Relay, tmp_path: Path, clock: TurnableClock
) -> None:
    scale = min(OUTAGE_S / MINUTE_S, 1.0)
    settings = {"host": wire.host, "ping_s": GatewaySettings().ping_s * scale}
    with start_house(tmp_path, clock, **settings) as house:
        plant = house.call("create_plant", name="Basil")
        words = [wire.url(house.gateway.port), house.token("viewer"), "SELECT * FROM care_event", str(QUIET_S * scale)]
        phone = subprocess.Popen(wire.command(sys.executable, str(PHONE), *words), stdout=subprocess.PIPE, text=True)
        assert phone.stdout is not None
        try:
            assert json.loads(phone.stdout.readline())["rows"] == []
            house.call("log_care", plant_id=plant, kind="water")
            assert [row["id"] for row in json.loads(phone.stdout.readline())["insert"]] == [1]
            (session,) = house.gateway.sessions()
            wire.cut()
            begun = time.monotonic()
            for number in range(MISSED - 1):
                house.call("log_care", plant_id=plant, kind="note", text=f"{number}")
            house.call("delete_care", care_id=1)
            threading.Event().wait(max(begun + OUTAGE_S - time.monotonic(), 0.0))
            wire.mend()
            missed = [json.loads(phone.stdout.readline()) for _ in range(MISSED)]
            assert session not in house.gateway.sessions(), "the gateway never noticed that the phone was gone"
        finally:
            phone.kill()
            phone.wait()
    assert all(change.get("resumed") for change in missed)
    assert [change["seq"] for change in missed] == list(range(missed[0]["seq"], missed[0]["seq"] + MISSED))
    assert [row["id"] for change in missed for row in change.get("insert", [])] == list(range(2, MISSED + 1))
    assert [row["id"] for change in missed for row in change.get("delete", [])] == [1]
