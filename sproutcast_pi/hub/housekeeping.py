"""Let go of what the hub's log need not hold any longer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.store.engine import INTERNAL, Store

INTERVAL_S = 60.0
BATCH_SIZE = 2000
"""Rows removed in one transaction: more would hold up the devices."""

Prune = Callable[[str, int], int]
"""Lets go of a bounded number of entries from before a moment; returns how many."""


class Housekeeping:
    """A service; lets go of log entries older than `keep_h` hours, a few at a time."""

    name = "housekeeping"

    def __init__(self, logs: Sequence[Prune], *, keep_h: float, clock: Clock) -> None:
        self._logs = logs
        self._keep = timedelta(hours=keep_h)
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Look once a minute until `stop` is set."""
        while not self._clock.wait(stop, INTERVAL_S):
            before = to_text(self._clock.now() - self._keep)
            for prune in self._logs:
                while not stop.is_set() and prune(before, BATCH_SIZE) == BATCH_SIZE:
                    pass


def store_log_pruner(store: Store) -> Prune:
    """The log of a store."""
    return lambda before, at_most: int(
        store.call("prune_hub_log", {"before": before, "at_most": at_most}, caller=INTERNAL).value
    )
