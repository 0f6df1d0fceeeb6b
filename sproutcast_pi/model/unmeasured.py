"""Alerts on metrics that could not be measured for long, and on plants that were not seen; once per episode."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from sproutcast_pi.messages.areas import plants
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.alerts import AlertState
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.model.presence import PRESENCE
from sproutcast_pi.model.timestamps import to_text

UNMEASURED = "measurable"
"""Name under which the alert table follows it beside the plan's rules; it is no metric."""
UNSEEN = "certainty"
"""The same for the photographs in a row that did not certainly show the plant."""
UNKNOWN_AFTER = timedelta(days=2)
MIN_UNKNOWN = 4
"""Consecutive photos; days without a photo don't count."""
ABSENT_AFTER = 3
"""Consecutive photos without the plant after which it is gone: one may show a hand in front of the lens."""
ABSENT_FOR = timedelta(hours=2)
"""Minimum duration of its absence: a plant watered at the sink is soon back."""
SEEN_AFTER = 2
"""Consecutive photos with the plant after which it is back."""


class PlantNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notification about the plant as a whole."""

    category: str
    title: Message
    message: Message
    advice: Message


def follow_presence(
    state: AlertState | None, presence: str, usual_area: float | None, area: float | None, now: datetime
) -> AlertState:
    """Return the state of a plant's presence after a photograph; `presence` is seen, uncertain or absent.

    `threshold` keeps the usual area (percent of the frame) the episode began with; `streak` counts photographs
    without the plant, and while it is gone `unknown_streak` counts those in which it is back. Of a plant that was
    never certain an uncertain sighting is as much as there ever was, so it counts as being back.
    """
    old = state or AlertState(metric=PRESENCE, bound="lower", threshold=usual_area or 0.0)
    if presence == "absent":
        streak, since = old.streak + 1, old.since_at or now
        return msgspec.structs.replace(
            old,
            threshold=old.threshold if old.since_at else usual_area or 0.0,
            value=0.0,
            streak=streak,
            since_at=since,
            unknown_streak=0,
            active=old.active or (streak >= ABSENT_AFTER and now - since >= ABSENT_FOR),
        )
    if presence != "seen" and old.threshold:
        return old
    back = old.unknown_streak + 1 if old.active else 0
    if old.active and back < SEEN_AFTER:
        return msgspec.structs.replace(old, value=area, unknown_streak=back)
    return msgspec.structs.replace(
        old, threshold=usual_area or 0.0, value=area, streak=0, since_at=None, active=False, unknown_streak=0
    )


def presence_notice(state: AlertState, plant: str, *, ever_seen: bool) -> PlantNotice:
    """Return the notification that a plant is gone, or was never found."""
    since = "" if state.since_at is None else to_text(state.since_at)
    if not ever_seen:
        return PlantNotice(
            category="alert",
            title=plants.NOT_FOUND(plant=plant),
            message=plants.NOT_FOUND_SINCE(since=since),
            advice=plants.NOT_FOUND_ADVICE(),
        )
    return PlantNotice(
        category="alert",
        title=plants.GONE(plant=plant),
        message=plants.GONE_SINCE(since=since),
        advice=plants.GONE_ADVICE(),
    )


def follow_unseen(state: AlertState | None, presence: str, now: datetime) -> AlertState | None:
    """Return the state that counts photographs in a row which did not certainly show the plant; None: the last did."""
    if presence == "seen":
        return None
    old = state or AlertState(metric=UNSEEN, bound="lower", threshold=0.0, since_at=now)
    return msgspec.structs.replace(old, streak=old.streak + 1)


def unmeasured_states(states: Sequence[AlertState], unseen: AlertState | None, now: datetime) -> tuple[AlertState, ...]:
    """Return the states whose metric has been unknown for long: all of them for a plant that was long not seen."""
    if unseen is not None and _is_long(unseen.since_at, unseen.streak, now):
        return tuple(msgspec.structs.replace(state, unknown_since_at=unseen.since_at) for state in states)
    return tuple(state for state in states if _is_long(state.unknown_since_at, state.unknown_streak, now))


def _is_long(since: datetime | None, streak: int, now: datetime) -> bool:
    return since is not None and streak >= MIN_UNKNOWN and now - since >= UNKNOWN_AFTER


def unmeasured_notice(unknown: Sequence[AlertState], reason: Message, plant: str) -> PlantNotice:
    """Return the notification that some of a plant's metrics have been unknown for long.

    It counts as trouble (`health`) where the metric was known before, and as a remark (`analysis`) where it never was.
    """
    names = dict.fromkeys(METRICS[state.metric].name for state in unknown)
    since = min(state.unknown_since_at for state in unknown if state.unknown_since_at)
    return PlantNotice(
        category="health" if any(state.value is not None for state in unknown) else "analysis",
        title=plants.UNMEASURED(plant=plant),
        message=plants.UNMEASURED_SINCE(
            since=to_text(since), metrics=[plants.METRIC(name=name) for name in names], reason=reason
        ),
        advice=plants.UNMEASURED_ADVICE(),
    )
