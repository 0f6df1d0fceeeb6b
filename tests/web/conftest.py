"""A gateway whose clock shows the browser's time, as the page counts "ago" by its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.helpers import GatewayHarness, start_gateway


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime.now(UTC) - timedelta(hours=3))


@pytest.fixture
def house(tmp_path: Path, clock: FakeClock) -> Iterator[GatewayHarness]:
    with start_gateway(tmp_path, clock) as running:
        yield running
