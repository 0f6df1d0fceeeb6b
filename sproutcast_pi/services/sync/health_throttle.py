"""Throttle for the sync's health reports: a changed state at once, a changed number seldom."""

from __future__ import annotations

import logging

from sproutcast_pi.messages.formatter import english
from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.services.sync.status_messages import SyncStatus
from sproutcast_pi.store.engine import Store

LOG = logging.getLogger(__name__)
MIN_INTERVAL_S = 30.0


class HealthThrottle:
    """Health reports of the sync, at most so often: each row written must travel too."""

    def __init__(self, store: Store) -> None:
        self._health = HealthReporter(store)
        self._reported: dict[str, tuple[SyncStatus, float]] = {}

    def due(self, part: str, now: float) -> bool:
        """Whether something said now about `part` would be written even if only its number changed."""
        reported = self._reported.get(part)
        return reported is None or now - reported[1] >= MIN_INTERVAL_S

    def report(self, part: str, standing: SyncStatus, now: float) -> None:
        """Write it down if it is news and, unless the state turned, not too soon after the last."""
        reported = self._reported.get(part)
        if reported is not None and (
            reported[0] == standing or (reported[0].state == standing.state and not self.due(part, now))
        ):
            return
        if reported is None or reported[0].state != standing.state:
            LOG.info("%s: %s", part, english(standing.message))
        self._reported[part] = (standing, now)
        self._health.submit(part, standing.state, standing.message, standing.advice, value=standing.value)
