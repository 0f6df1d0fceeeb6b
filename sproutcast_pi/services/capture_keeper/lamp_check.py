"""Hold what the picture says about the lamp against what the light keeper set; speak up when they differ."""

from __future__ import annotations

from sproutcast_pi.messages.areas import captures
from sproutcast_pi.protocol.worker import WorkerAnswer
from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.store.engine import INTERNAL, Store

MIN_LIT_LEVEL = 0.05
"""Level from which a picture must not be dark."""
ALERT_AFTER = 2
"""Two pictures in a row: a hand in front of the lens is no broken lamp."""


class LampCheck:
    """Counts pictures in which the lamp was not as it was set."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._health = HealthReporter(store)
        self._streak = 0

    def check(self, answer: WorkerAnswer, level: float) -> None:
        """Look at one picture that was taken while the lamp was set to this level (0 to 1)."""
        lamp = answer.lamp
        if level < MIN_LIT_LEVEL or lamp is None or lamp.lit is None:
            return
        if lamp.lit:
            if self._streak >= ALERT_AFTER:
                self._health.report("lamp", "ok", captures.LAMP_WORKS())
            self._streak = 0
            return
        self._streak += 1
        if self._streak == ALERT_AFTER:
            advice = captures.CHECK_LAMP()
            self._health.report("lamp", "bad", captures.LAMP_DARK(), advice)
            notification = {
                "category": "alert",
                "title": captures.LAMP_DARK_TITLE(),
                "message": captures.LAMP_DARK_IN_A_ROW(n=ALERT_AFTER),
                "advice": advice,
            }
            self._store.call("notify", notification, caller=INTERNAL)
