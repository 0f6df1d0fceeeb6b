"""Simulated gardener that waters all plants but the last, so that the demo shows an alert."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sproutcast_pi.protocol.client import DaemonClient

WATER_EVERY = timedelta(days=2)
FEED_EVERY = timedelta(days=14)


class CareSimulator:
    """Simulated gardener: logs care when it is due."""

    def __init__(self, client: DaemonClient) -> None:
        self._client = client
        self._watered: datetime | None = None
        self._fed: datetime | None = None

    def advance(self, at: str, plants: list[dict[str, Any]]) -> None:
        """Log the care that is due at `at`."""
        now = datetime.fromisoformat(at)
        if not plants:
            return
        if self._watered is None or self._fed is None:
            self._watered = self._fed = now
            return
        if now - self._watered >= WATER_EVERY:
            self._watered = now
            self._log_care(plants[:-1], "water")
        if now - self._fed >= FEED_EVERY:
            self._fed = now
            self._log_care(plants, "feed")

    def _log_care(self, plants: list[dict[str, Any]], kind: str) -> None:
        for plant in plants:
            self._client.call("log_care", {"plant_id": plant["id"], "kind": kind})
