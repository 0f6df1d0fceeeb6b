"""Advice on a metric outside its bounds, with a likely cause from recent care."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from sproutcast_pi.messages.areas import advice
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.metrics.metric import Side
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.model.timestamps import to_text


class CareFact(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the care log."""

    kind: str
    """`water`, `feed`, `prune`, `repot`, ... as in the care log."""
    at: datetime


RECENT = timedelta(days=4)
"""How long repotting, moving or a cold night affect the leaves."""
RECENTLY_WATERED = timedelta(hours=24)
FEED_INTERVAL = timedelta(weeks=6)
"""Potting soil feeds a plant for six to eight weeks."""


def advise(metric: str, bound: Side, care: Sequence[CareFact], now: datetime) -> Message:
    """Return advice in one or two sentences; `care` after `now` is ignored."""
    past = [fact for fact in care if fact.at <= now]
    hint = _recent_change(past, now)
    meaning = METRICS[metric].excursion(bound)
    if meaning.cause == "thirst":
        return sentences(_thirst(past, now), hint)
    cause = {"hunger": _hunger, "pruning": _pruning}.get(meaning.cause)
    return sentences(meaning.advice(), cause(past, now) if cause else None, hint)


def _thirst(care: Sequence[CareFact], now: datetime) -> Message:
    watered = _last(care, "water")
    if watered is None:
        return advice.THIRST()
    if now - watered < RECENTLY_WATERED:
        return advice.THIRST_UNLIKELY(at=to_text(watered))
    return advice.THIRST_SINCE(at=to_text(watered))


def _hunger(care: Sequence[CareFact], now: datetime) -> Message | None:
    fed = _last(care, "feed")
    if fed is not None and now - fed > FEED_INTERVAL:
        return advice.LAST_FED(at=to_text(fed))
    return None


def _pruning(care: Sequence[CareFact], now: datetime) -> Message | None:
    pruned = _last(care, "prune")
    return advice.PRUNED(at=to_text(pruned)) if pruned is not None and now - pruned <= RECENT else None


def _recent_change(care: Sequence[CareFact], now: datetime) -> Message | None:
    for kind, hint in (
        ("move", advice.MOVED),
        ("repot", advice.REPOTTED),
        ("soil_change", advice.NEW_SOIL),
        ("temperature_event", advice.TEMPERATURE),
        ("light_change", advice.NEW_LIGHT),
    ):
        at = _last(care, kind)
        if at is not None and now - at <= RECENT:
            return hint(at=to_text(at))
    return None


def _last(care: Sequence[CareFact], kind: str) -> datetime | None:
    return max((fact.at for fact in care if fact.kind == kind), default=None)
