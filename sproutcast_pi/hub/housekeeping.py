"""Let go of what the hub's log need not hold any longer."""

from __future__ import annotations

import threading
from datetime import timedelta

from sproutcast_pi.model.moments import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.store.engine import INTERNAL, Store

EVERY_S = 60.0
AT_ONCE = 2000
"""Rows removed in one transaction: more would hold up the devices."""


class Housekeeping:
    """A service; removes log entries older than `keep_h` hours, a few at a time."""

    name = "housekeeping"

    def __init__(self, store: Store, *, keep_h: float, clock: Clock) -> None:
        self._store = store
        self._keep = timedelta(hours=keep_h)
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Look once a minute until `stop` is set."""
        while not self._clock.wait(stop, EVERY_S):
            before = to_text(self._clock.now() - self._keep)
            while not stop.is_set():
                args = {"before": before, "at_most": AT_ONCE}
                if self._store.call("prune_hub_log", args, caller=INTERNAL).value < AT_ONCE:
                    break
