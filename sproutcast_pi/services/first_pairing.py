"""The first phone of a device without a screen: nobody could read it a code, so for a while it needs none.

Whoever switched the device on has half an hour. It ends with the first phone, and never comes back on a device that
somebody has set up.
"""

from __future__ import annotations

from collections.abc import Callable

from sproutcast_pi.ports import Clock
from sproutcast_pi.store.engine import Store

OPEN_S = 1800.0
"""From the daemon's start; switching it off and on again gives another half hour."""
HAS_OWNER = """\
SELECT 1 FROM client
UNION ALL SELECT 1 FROM setting WHERE name = 'setup_done' AND value = 'true'
UNION ALL SELECT 1 FROM plant
LIMIT 1"""


class FirstPairing:
    """Asked each time, for a screen may be plugged in and a phone may come first."""

    def __init__(self, *, store: Store, clock: Clock, has_screen: Callable[[], bool], allowed: bool) -> None:
        self._store = store
        self._clock = clock
        self._has_screen = has_screen
        self._open_until_s = clock.monotonic() + OPEN_S if allowed else float("-inf")

    def is_open(self) -> bool:
        """Whether a phone may become the owner's without a code now. Reads the store: not for an event loop."""
        return self._clock.monotonic() < self._open_until_s and not self._has_screen() and not self._has_owner()

    def _has_owner(self) -> bool:
        return bool(self._store.query(HAS_OWNER))
