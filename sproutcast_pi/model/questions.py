"""Questions to the owner about a plant, where photos alone can't determine what happened, and their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from sproutcast_pi.messages.areas import plants
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.alerts import AlertState

HANGING, SMALLER = "hanging", "smaller"
POSTURE_METRICS = frozenset({"turgor_index", "droop_deg"})
HANGING_AFTER = timedelta(days=5)
"""Time after which a thirsty plant is watered or dead, while a turned or cut one still hangs."""
SMALLER_SHARE = 0.5
"""Share of the previous area below which a loss between two photos is asked about."""
LOGGED_LATELY = timedelta(days=2)
"""Age of care that explains a loss of leaf area without a question."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question with its wording."""

    code: str
    title: Message
    message: Message
    advice: Message


ANSWERS: Mapping[str, Mapping[str, str | None]] = {
    HANGING: {"moved": "move", "cut": "prune", "normal": "move", "dying": None},
    SMALLER: {"cut": "prune", "replaced": "repot", "dying": None},
}
"""For each question its answers, each with the care it stands for in the log; None: the alert stays open."""


def posture_alert_since(states: Sequence[AlertState]) -> datetime | None:
    """Return since when the plant hangs, while an alert about it is open."""
    return min(
        (state.since_at for state in states if state.metric in POSTURE_METRICS and state.active and state.since_at),
        default=None,
    )


def hanging_question(plant: str, since: datetime | None, now: datetime, *, was_firm: bool) -> Question | None:
    """Return the question about a plant that hangs since `since`; None if none is due.

    A plant that was firm is asked about once it has hung for long, one that never was at once: many hang by nature.
    """
    if since is None or (was_firm and now - since < HANGING_AFTER):
        return None
    title = plants.HANGING(plant=plant, n=(now - since).days) if was_firm else plants.HANGING_FROM_START(plant=plant)
    return Question(code=HANGING, title=title, message=plants.HANGING_QUESTION(), advice=plants.HANGING_ADVICE())


def smaller_question(plant: str, before: float | None, area: float | None) -> Question | None:
    """Return the question about a plant that lost half of its area (both in one unit) at once; None otherwise."""
    if not before or not area or area >= SMALLER_SHARE * before:
        return None
    return Question(
        code=SMALLER,
        title=plants.SMALLER(plant=plant),
        message=plants.SMALLER_QUESTION(),
        advice=plants.SMALLER_ADVICE(),
    )
