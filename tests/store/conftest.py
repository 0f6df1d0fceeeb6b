"""A store in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sproutcast_pi.store.engine import Store
from tests.clocks import AutoAdvancingClock
from tests.store.helpers import START


@pytest.fixture
def clock() -> AutoAdvancingClock:
    return AutoAdvancingClock(START)


@pytest.fixture
def store(tmp_path: Path, clock: AutoAdvancingClock) -> Iterator[Store]:
    opened = Store(tmp_path / "store.db", clock=clock, device="spr-test")
    yield opened
    opened.close()
