"""A store in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from store_cast import TurnableClock

from sproutcast_pi.store.engine import Store


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def store(tmp_path: Path, clock: TurnableClock) -> Iterator[Store]:
    opened = Store(tmp_path / "store.db", clock=clock, device="spr-test")
    yield opened
    opened.close()
