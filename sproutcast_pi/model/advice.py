"""What to do about a metric outside its bounds, with a hint at the cause from what was done lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec


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

_ADVICE: dict[tuple[str, str], str] = {
    (
        "chlorophyll_index",
        "lower",
    ): "Check that the soil is not soggy, then feed it; see that it gets enough light.",
    ("excess_green", "lower"): "Check that the soil is not soggy, then feed it; see that it gets enough light.",
    ("hue_deg", "lower"): "Look at the lower leaves: yellow from below means hunger or wet roots; remove dead leaves.",
    ("hue_deg", "upper"): "Look whether the lamp's colour or the camera's view changed; if so, confirm a new picture.",
    ("hue_sd_deg", "upper"): "Look for yellow patches, spots or pests, also under the leaves.",
    ("yellow_percent", "upper"): "Remove dead leaves; check soil moisture and feeding.",
    ("lesion_percent", "upper"): "Look for pests under the leaves; cut off spotted leaves and keep the foliage dry.",
    ("health_score", "lower"): "Look at the plant and its picture; the score lists what it lost points for.",
    (
        "growth_rate_percent",
        "lower",
    ): "It is losing leaf area: check water, light and pests. Normal after pruning.",
    ("leaf_count", "lower"): "See whether leaves fell; check water, cold draughts and pests.",
}
_DEFAULT_ADVICE = "Look at the plant and its newest picture; change the limit in its plan if all is well."


def advise(metric: str, bound: str, care: Sequence[CareFact], now: datetime) -> str:
    """Return what to do, in one or two sentences; `care` that lies after `now` is ignored."""
    past = [fact for fact in care if fact.at <= now]
    hint = _recent_change(past, now)
    if (metric, bound) in {("turgor_index", "lower"), ("droop_deg", "upper")}:
        return f"{_thirst(past, now)} {hint}".strip()
    advice = _ADVICE.get((metric, bound), _DEFAULT_ADVICE)
    if metric in {"chlorophyll_index", "excess_green", "yellow_percent"} or (metric, bound) == ("hue_deg", "lower"):
        hint = f"{_hunger(past, now)} {hint}".strip()
    if metric in {"growth_rate_percent", "leaf_count"}:
        pruned = _last(past, "prune")
        if pruned is not None and now - pruned <= RECENT:
            hint = f"It was pruned {_ago(now - pruned)}, which explains it. {hint}".strip()
    return f"{advice} {hint}".strip()


def _thirst(care: Sequence[CareFact], now: datetime) -> str:
    watered = _last(care, "water")
    if watered is None:
        return "Feel the soil; if it is dry a finger deep, water it."
    if now - watered < RECENTLY_WATERED:
        return (
            f"It was watered {_ago(now - watered)}, so thirst is unlikely unless little was given: "
            "feel the soil, and let it dry if it is wet."
        )
    return f"It was last watered {_ago(now - watered)}: feel the soil and water it if it is dry."


def _hunger(care: Sequence[CareFact], now: datetime) -> str:
    fed = _last(care, "feed")
    if fed is not None and now - fed > FEED_INTERVAL:
        return f"It was last fed {_ago(now - fed)}."
    return ""


def _recent_change(care: Sequence[CareFact], now: datetime) -> str:
    for kind, words in (
        ("repot", "repotted"),
        ("soil_change", "given new soil"),
        ("temperature_event", "exposed to unusual temperature"),
        ("light_change", "given other light"),
    ):
        at = _last(care, kind)
        if at is not None and now - at <= RECENT:
            return f"It was {words} {_ago(now - at)}; plants need some days to settle."
    return ""


def _last(care: Sequence[CareFact], kind: str) -> datetime | None:
    return max((fact.at for fact in care if fact.kind == kind), default=None)


def _ago(gone: timedelta) -> str:
    hours = gone / timedelta(hours=1)
    if hours < 1:
        return "less than an hour ago"
    if hours < 36:  # noqa: PLR2004  # people say "30 hours" but not "100 hours"
        return "an hour ago" if round(hours) == 1 else f"{round(hours)} hours ago"
    days = round(hours / 24)
    return f"{days} days ago" if days < 21 else f"{round(days / 7)} weeks ago"  # noqa: PLR2004  # three weeks on
