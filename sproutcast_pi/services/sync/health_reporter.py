"""Tell the table `health` how the sync is: at once when it turns, else seldom, for each row written must travel too."""

from __future__ import annotations

import logging

from sproutcast_pi.services.sync.status_messages import SyncStatus
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
MIN_INTERVAL_S = 30.0


class HealthReporter:
    """Remembers what was said of each part."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reported: dict[str, tuple[SyncStatus, float]] = {}

    def due(self, part: str, now: float) -> bool:
        """Whether something said now about `part` would be written even if only its number changed."""
        said = self._reported.get(part)
        return said is None or now - said[1] >= MIN_INTERVAL_S

    def report(self, part: str, standing: SyncStatus, now: float) -> None:
        """Write it down if it is news and, unless the state turned, not too soon after the last."""
        said = self._reported.get(part)
        if said is not None and (said[0] == standing or (said[0].state == standing.state and not self.due(part, now))):
            return
        if said is None or said[0].state != standing.state:
            LOG.info("%s: %s", part, standing.message)
        self._reported[part] = (standing, now)
        self._store.submit(
            "set_health",
            {
                "part": part,
                "state": standing.state,
                "message": standing.message,
                "advice": standing.advice,
                "value": standing.value,
            },
            caller=INTERNAL,
        )
