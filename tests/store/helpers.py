"""Callers of each role, and the time at which the tests' clock starts."""

from __future__ import annotations

from datetime import UTC, datetime

from sproutcast_pi.store.engine import Caller

OWNER = Caller(name="Ada", role="owner")
CARER = Caller(name="Ben", role="carer")
VIEWER = Caller(name="page", role="viewer")

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
