"""Another program has our port: the screen is served all the same, the owner is notified, and the port is retried."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.services.gateway import Gateway, GatewaySettings
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL
from tests.services.gateway.helpers import PATIENCE_S, GatewayHarness, http_request, start_gateway


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other


def gateway_health(harness: GatewayHarness) -> queue.Queue[list[Any]]:
    """What the owner reads of it, every time it changes."""
    health_rows: queue.Queue[list[Any]] = queue.Queue()
    sql = "SELECT * FROM health WHERE part = 'gateway'"
    harness.store.subscribe(sql, lambda _: health_rows.put(harness.store.query(sql)), caller=INTERNAL)
    return health_rows


def test_the_screen_is_served_and_the_fault_is_told(tmp_path: Path, clock: FakeClock, taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    with start_gateway(tmp_path, clock, port=port) as harness:
        assert http_request(harness, "GET", "/healthz", local=True)[0] == 200
        health_rows = gateway_health(harness)
        while not (rows := health_rows.get(timeout=PATIENCE_S)):
            pass
        assert rows[0]["state"] == "bad"
        assert f"Port {port} at 127.0.0.1 can't be opened" in rows[0]["message"]
        assert "another" in rows[0]["advice"]
        assert harness.gateway.port == 0


def test_it_is_opened_as_soon_as_it_can_be_had(tmp_path: Path, clock: FakeClock, taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    with start_gateway(tmp_path, clock, port=port, port_retry_s=0.02) as harness:
        health_rows = gateway_health(harness)
        while not health_rows.get(timeout=PATIENCE_S):
            pass
        taken.close()
        while health_rows.get(timeout=PATIENCE_S):
            pass
        assert harness.gateway.port == port
        assert http_request(harness, "GET", "/healthz")[0] == 200


def test_without_another_door_it_is_an_error(tmp_path: Path, clock: FakeClock, taken: socket.socket) -> None:
    with start_gateway(tmp_path, clock) as harness:
        lonely = Gateway(harness.pipeline, GatewaySettings(host="127.0.0.1", port=taken.getsockname()[1]))
        with pytest.raises(SproutcastError, match="can't be opened"):
            lonely.run(threading.Event())
