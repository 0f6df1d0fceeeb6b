"""Keep an update only after light, store and screen have proved themselves together; else go back and say why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.rounds import another_round
from sproutcast_pi.services.updates.excuses import Part, excused

HOLD_S = 60.0
"""All proofs hold together for so long before the update stays."""
LIMIT_S = 900.0
"""An update that has not proved itself by then goes; the guard outside of us waits a little longer."""
LOOK_EVERY_S = 2.0

Proof = Callable[[], str | None]
"""None: it holds. Else what is missing, in words."""


class Probation:
    """Runs only in a start that tries an update."""

    name = "probation"

    def __init__(
        self,
        *,
        clock: Clock,
        proofs: Mapping[str, Proof],
        tell: Callable[[str], None],
        commit: Callable[[], None],
        roll_back: Callable[[str], None],
        broken: tuple[Part, ...] = (),
    ) -> None:
        """`tell` is given a sentence each time what is missing changes; what was `broken` before is not asked for."""
        self._clock = clock
        self._proofs = {name: proof for name, proof in proofs.items() if name not in broken}
        self._excuse = excused(broken)
        self._tell = tell
        self._commit = commit
        self._roll_back = roll_back
        self._began_s = clock.monotonic()
        self._held_since_s: float | None = None
        self._told: list[str] | None = None
        self._over = False
        self._wake = threading.Event()

    def wake(self) -> None:
        """Look at once; any thread may call."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Look every two seconds until it is decided, then only wait for `stop`."""
        while not self._over and another_round(self._wake, stop):
            self.look()
            self._clock.wait(self._wake, LOOK_EVERY_S)
        stop.wait()

    def look(self) -> None:
        """Ask for every proof once, and decide when it is time."""
        now_s = self._clock.monotonic()
        missing = [said for proof in self._proofs.values() if (said := proof())]
        if missing:
            self._held_since_s = None
        elif self._held_since_s is None:
            self._held_since_s = now_s
        if missing != self._told:
            self._told = missing
            waiting = " ".join(missing) or f"Light, store and screen work; it stays when they do for {HOLD_S:.0f} s."
            self._tell(f"A new version is being tried. {waiting}{self._excuse}")
        try:
            if self._held_since_s is not None and now_s - self._held_since_s >= HOLD_S:
                self._commit()
                self._over = True
            elif now_s - self._began_s >= LIMIT_S:
                said = " ".join(missing) or "It did not work long enough."
                self._roll_back(f"The update did not prove itself within {LIMIT_S / 60:.0f} minutes: {said}")
                self._over = True
        except RefusedError:
            # The deputy is busy with something else; it is asked again at the next look.
            return
