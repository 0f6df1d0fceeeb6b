"""A gateway with a real store behind both doors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from gateway_cast import PATIENCE_S, House, start_house

from sproutcast_pi.protocol.client import Client
from sproutcast_pi.simulated.clocks import TurnableClock


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def house(tmp_path: Path, clock: TurnableClock) -> Iterator[House]:
    with start_house(tmp_path, clock) as running:
        yield running


@pytest.fixture
def client(house: House) -> Iterator[Client]:
    connected = threading.Event()
    one = Client(house.socket, name="test")
    one.on_state(lambda state, _: connected.set() if state == "live" else None)
    one.start()
    assert connected.wait(PATIENCE_S)
    yield one
    one.stop()
