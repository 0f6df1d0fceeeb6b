"""A gateway with a real store behind both doors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sproutcast_pi.protocol.client import DaemonClient
from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.helpers import PATIENCE_S, GatewayHarness, start_gateway


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def harness(tmp_path: Path, clock: FakeClock) -> Iterator[GatewayHarness]:
    with start_gateway(tmp_path, clock) as running:
        yield running


@pytest.fixture
def client(harness: GatewayHarness) -> Iterator[DaemonClient]:
    connected = threading.Event()
    one = DaemonClient(harness.socket, name="test")
    one.on_state(lambda state, _: connected.set() if state == "live" else None)
    one.start()
    assert connected.wait(PATIENCE_S)
    yield one
    one.stop()
