"""Keep an update only after light, store and screen have proved themselves together; else go back and say why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.message import Message
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.service_loop import keep_going
from sproutcast_pi.services.updates.preexisting_failures import Part, preexisting_notes

STABLE_S = 60.0
"""All proofs hold together for so long before the update stays."""
TIMEOUT_S = 900.0
"""An update that has not proved itself by then goes; the guard outside of us waits a little longer."""
POLL_S = 2.0

Proof = Callable[[], Message | None]
"""None: it holds. Else what is missing."""


class Probation:
    """Runs only in a start that tries an update."""

    name = "probation"

    def __init__(
        self,
        *,
        clock: Clock,
        proofs: Mapping[str, Proof],
        report: Callable[[Message], None],
        commit: Callable[[], None],
        roll_back: Callable[[Message], None],
        broken: tuple[Part, ...] = (),
    ) -> None:
        """`report` is given a sentence each time what is missing changes; what was `broken` before is not asked for."""
        self._clock = clock
        self._proofs = {name: proof for name, proof in proofs.items() if name not in broken}
        self._preexisting_notes = preexisting_notes(broken)
        self._report = report
        self._commit = commit
        self._roll_back = roll_back
        self._began_s = clock.monotonic()
        self._stable_since_s: float | None = None
        self._reported: list[Message] | None = None
        self._finished = False
        self._wake = threading.Event()

    def wake(self) -> None:
        """Look at once; any thread may call."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Look every two seconds until it is decided, then only wait for `stop`."""
        while not self._finished and keep_going(self._wake, stop):
            self.check()
            self._clock.wait(self._wake, POLL_S)
        stop.wait()

    def check(self) -> None:
        """Ask for every proof once, and decide when it is time."""
        now_s = self._clock.monotonic()
        missing = [message for proof in self._proofs.values() if (message := proof())]
        if missing:
            self._stable_since_s = None
        elif self._stable_since_s is None:
            self._stable_since_s = now_s
        if missing != self._reported:
            self._reported = missing
            waiting = missing or [updates.PASSING(seconds=STABLE_S)]
            self._report(sentences(updates.TRYING(), *waiting, *self._preexisting_notes))
        try:
            if self._stable_since_s is not None and now_s - self._stable_since_s >= STABLE_S:
                self._commit()
                self._finished = True
            elif now_s - self._began_s >= TIMEOUT_S:
                reason = sentences(*missing) if missing else updates.TOO_SHORT()
                self._roll_back(updates.NOT_IN_TIME(seconds=TIMEOUT_S, reason=reason))
                self._finished = True
        except RefusedError:
            # The privileged helper is busy with something else; it is asked again at the next look.
            return
