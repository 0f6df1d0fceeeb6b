"""How long to wait before the next try: about a quarter of the time the broker has been away, within bounds."""

from __future__ import annotations

from collections.abc import Callable

FIRST_S = 0.25
LONGEST_S = 30.0
GROWTH = 1.3
"""A pause is then about a quarter of the time so far: a broker that was away for 5 s is found within 2 s."""
SPREAD = 0.2
"""A thousand devices must not all come back in the same moment."""


class Backoff:
    """Growing pauses; `chance` gives 0 to 1."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._next = FIRST_S

    def pause(self) -> float:
        """Seconds to wait now; the next pause will be longer."""
        base = self._next
        self._next = min(base * GROWTH, LONGEST_S)
        return base * (1 - SPREAD + 2 * SPREAD * self._chance())

    def at_least(self, seconds: float) -> None:
        """The next pause is no shorter than this: trying soon would do harm."""
        self._next = max(self._next, seconds)

    def reset(self) -> None:
        """All is well; begin again with short pauses."""
        self._next = FIRST_S
