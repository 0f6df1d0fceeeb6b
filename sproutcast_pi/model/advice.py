"""What to do about a metric outside its bounds, with a hint at the cause from what was done lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from sproutcast_pi.messages.areas import advice
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.message import Message, Template
from sproutcast_pi.model.timestamps import to_text


class CareFact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was done for the plant."""

    kind: str
    """`water`, `feed`, `prune`, `repot`, ... as in the care log."""
    at: datetime


RECENT = timedelta(days=4)
"""Repotting, moving, a cold night: their effect on leaves shows for some days."""
RECENTLY_WATERED = timedelta(hours=24)
FEED_INTERVAL = timedelta(weeks=6)
"""Potting soil feeds a plant for six to eight weeks."""

_ADVICE: dict[tuple[str, str], Template] = {
    ("chlorophyll_index", "lower"): advice.FEED,
    ("excess_green", "lower"): advice.FEED,
    ("hue_deg", "lower"): advice.YELLOW_LEAVES,
    ("hue_deg", "upper"): advice.UNUSUAL_COLOUR,
    ("hue_sd_deg", "upper"): advice.PATCHY,
    ("yellow_percent", "upper"): advice.YELLOW,
    ("lesion_percent", "upper"): advice.SPOTS,
    ("health_score", "lower"): advice.HEALTH,
    ("growth_rate_percent", "lower"): advice.SHRINKING,
    ("leaf_count", "lower"): advice.LEAVES_LOST,
}


def advise(metric: str, bound: str, care: Sequence[CareFact], now: datetime) -> Message:
    """Return what to do, in one or two sentences; `care` that lies after `now` is ignored."""
    past = [fact for fact in care if fact.at <= now]
    hint = _recent_change(past, now)
    if (metric, bound) in {("turgor_index", "lower"), ("droop_deg", "upper")}:
        return sentences(_thirst(past, now), hint)
    main, hunger, pruning = _ADVICE.get((metric, bound), advice.DEFAULT)(), None, None
    if metric in {"chlorophyll_index", "excess_green", "yellow_percent"} or (metric, bound) == ("hue_deg", "lower"):
        hunger = _hunger(past, now)
    if metric in {"growth_rate_percent", "leaf_count"}:
        pruned = _last(past, "prune")
        if pruned is not None and now - pruned <= RECENT:
            pruning = advice.PRUNED(at=to_text(pruned))
    return sentences(main, hunger, pruning, hint)


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
