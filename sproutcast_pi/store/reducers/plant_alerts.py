"""Alerts of one plant after a photograph: rules, presence, what could not be measured, and questions to the owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

import msgspec

from sproutcast_pi.messages.areas.withheld import withheld_message
from sproutcast_pi.messages.formatter import Formatter, LocalePreferences
from sproutcast_pi.model.advice import CareFact
from sproutcast_pi.model.alerts import AlertNotification, AlertState, RuleContext, evaluate
from sproutcast_pi.model.baseline import RESTARTING_CARE
from sproutcast_pi.model.presence import PRESENCE, Presence
from sproutcast_pi.model.questions import (
    HANGING,
    LOGGED_LATELY,
    POSTURE_METRICS,
    SMALLER,
    Question,
    hanging_question,
    posture_alert_since,
    smaller_question,
)
from sproutcast_pi.model.rules import Rule
from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.model.unmeasured import (
    UNMEASURED,
    UNSEEN,
    PlantNotice,
    follow_presence,
    follow_unseen,
    presence_notice,
    unmeasured_notice,
    unmeasured_states,
)
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.message_columns import message_columns
from sproutcast_pi.store.reducers.checks import update_row
from sproutcast_pi.store.reducers.plans import resolve
from sproutcast_pi.store.tables import Alert, AnalysisResult, Notification, Plant

DERIVED_METRICS = frozenset({"health_score", "growth_rate_percent"})
"""Made of other metrics: when they are unknown, those are."""
PAST = timedelta(days=400)
"""How far back counts what a plant ever was: a year and a little. A search of all its years would hold the store."""
KIND_METRICS = frozenset({"hue_deg", "chlorophyll_index"})
"""Metrics that differ between kinds of plants: a bound means nothing for a plant that never lay within it."""
OWN_STATES = frozenset({PRESENCE, UNSEEN, UNMEASURED})
"""Alert rows that belong to no rule of the plan."""


class PlantPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """What one photograph says of one plant, as its alerts need it."""

    capture_id: int
    now: datetime
    zone: tzinfo
    presence: Presence
    values: Mapping[str, float | None]
    """Metric to value; of a plant that was not certainly seen, none."""
    withheld: Mapping[str, str]
    """Metric to the reason why it could not be measured."""
    area: float | None
    """Leaf area in percent of the frame."""
    area_before: float | None
    """The same in the last photograph that showed the plant, since its size baseline started."""
    usual_area: float | None
    ever_seen: bool
    was_firm: bool
    """Whether any photograph showed it firm."""
    baseline: Mapping[str, float | None] = {}
    care: Sequence[CareFact] = ()


def evaluate_plant(ctx: Context, plant: Plant, rules: Sequence[Rule], photo: PlantPhoto) -> int:
    """Store the states after a photograph and write what follows from them; returns how many notifications."""
    rows = {(row.metric, row.bound): row for row in Alert.select().where(Alert.plant_id == plant.id)}
    before = {key: _state(row) for key, row in rows.items()}
    context = RuleContext(
        plant=plant.name,
        baseline=photo.baseline,
        care=photo.care,
        unknown=_unknown(rules, photo),
        never_inside=_never_inside(plant.id, rules, photo.now),
    )
    own = [state for state in before.values() if state.metric not in OWN_STATES]
    outcome = evaluate(rules, own, photo.values, photo.now, context)
    presence, presence_notices = _follow_presence(ctx, plant, before.get((PRESENCE, "lower")), photo)
    unseen = follow_unseen(before.get((UNSEEN, "lower")), photo.presence.state, photo.now)
    unknown = () if presence.active else unmeasured_states(outcome.states, unseen, photo.now)
    unmeasured, more = _follow_unmeasured(ctx, plant, before.get((UNMEASURED, "lower")), unknown, photo)
    states = [*outcome.states, *(state for state in (presence, unseen, unmeasured) if state and state.streak)]
    for state in states:
        _save_alert(plant.id, rows.pop((state.metric, state.bound), None), state)
    for gone in rows.values():
        gone.remove()
    for over in outcome.resolved:
        resolve(ctx, plant.id, over.metric, over.bound)
    for notice in outcome.notices:
        columns = msgspec.structs.asdict(notice) | _texts(ctx, photo, notice)
        Notification.create(plant_id=plant.id, capture_id=photo.capture_id, created_at=ctx.at, **columns)
    _update_open_alerts(plant.id, outcome.states, photo)
    asked = _ask(ctx, plant, outcome.states, photo) if photo.presence.is_seen else 0
    return len(outcome.notices) + presence_notices + more + asked


def _unknown(rules: Sequence[Rule], photo: PlantPhoto) -> frozenset[str]:
    """The metrics of the rules that were asked for and could not be measured, of a plant that was seen."""
    if not photo.presence.is_seen:
        return frozenset()
    return frozenset(({rule.metric for rule in rules} - DERIVED_METRICS) & set(photo.withheld))


def _never_inside(plant_id: int, rules: Sequence[Rule], now: datetime) -> frozenset[str]:
    """The colour metrics that lay outside the bounds of their rule in every photograph of the plant's `PAST`."""
    found = set()
    for rule in rules:
        if rule.metric in KIND_METRICS and rule.bounds:
            column = getattr(AnalysisResult, rule.metric)
            bounds = [column >= rule.lower] if rule.lower is not None else []
            bounds += [column <= rule.upper] if rule.upper is not None else []
            if not any_result(plant_id, now, *bounds):
                found.add(rule.metric)
    return frozenset(found)


def any_result(plant_id: int, now: datetime, *conditions: Any) -> bool:
    """Whether a result of the plant's `PAST` meets the conditions, on columns of the plant's index for speed."""
    since = AnalysisResult.at >= to_text(now - PAST)
    mine = AnalysisResult.select(AnalysisResult.id).where(AnalysisResult.plant_id == plant_id, since, *conditions)
    return bool(mine.exists())


def _follow_presence(ctx: Context, plant: Plant, old: AlertState | None, photo: PlantPhoto) -> tuple[AlertState, int]:
    state = follow_presence(old, photo.presence.state, photo.usual_area, photo.area, photo.now)
    if old is not None and old.active and not state.active:
        resolve(ctx, plant.id, PRESENCE, "lower")
    if not state.active or (old is not None and old.active):
        return state, 0
    notice = presence_notice(state, plant.name, ever_seen=photo.ever_seen)
    _write(ctx, plant, photo, notice, metric=PRESENCE)
    return msgspec.structs.replace(state, notified_at=photo.now), 1


def _follow_unmeasured(
    ctx: Context, plant: Plant, old: AlertState | None, unknown: Sequence[AlertState], photo: PlantPhoto
) -> tuple[AlertState | None, int]:
    """The state of what has been unknown for long, and how many notifications were written."""
    if not unknown:
        resolve(ctx, plant.id, UNMEASURED, "lower")
        return None, 0
    if old is not None:
        return old, 0
    withheld = (photo.withheld[state.metric] for state in unknown if state.metric in photo.withheld)
    reason = withheld_message(photo.presence.reason or next(withheld, ""))
    notice = unmeasured_notice(unknown, reason, plant.name)
    _write(ctx, plant, photo, notice, metric=UNMEASURED)
    state = AlertState(
        metric=UNMEASURED,
        bound="lower",
        threshold=0.0,
        active=notice.category == "health",
        streak=len(unknown),
        since_at=unknown[0].unknown_since_at,
        notified_at=photo.now,
    )
    return state, 1


def _ask(ctx: Context, plant: Plant, states: Sequence[AlertState], photo: PlantPhoto) -> int:
    """Ask the owner what photographs can't show; returns how many questions were asked."""
    since = posture_alert_since(states)
    if since is None:
        resolve_question(ctx, plant.id, HANGING)
    question = hanging_question(plant.name, since, photo.now, was_firm=photo.was_firm)
    if question is not None and since is not None and not _asked(plant.id, HANGING, since):
        return _write_question(ctx, plant, photo, question)
    # A plant that hung before it lost leaves is dying of the same; one that hangs only since may be another plant.
    troubled = any(
        state.metric in POSTURE_METRICS and state.since_at is not None and state.since_at < photo.now
        for state in states
    )
    explained = any(
        fact.kind in RESTARTING_CARE and timedelta(0) <= photo.now - fact.at <= LOGGED_LATELY for fact in photo.care
    )
    question = None if troubled or explained else smaller_question(plant.name, photo.area_before, photo.area)
    return _write_question(ctx, plant, photo, question) if question is not None else 0


def _asked(plant_id: int, code: str, since: datetime) -> bool:
    return bool(
        Notification.select(Notification.id)
        .where(Notification.plant_id == plant_id, Notification.question == code)
        .where(Notification.created_at >= to_text(since))
        .exists()
    )


def resolve_question(ctx: Context, plant_id: int, code: str, answer: str | None = None) -> None:
    """Close the open questions of one kind about a plant, with the answer that events gave."""
    given = {"answer": answer, "answered_at": ctx.at, "read_at": ctx.at} if answer else {}
    Notification.update(resolved_at=ctx.at, **given).where(
        Notification.plant_id == plant_id, Notification.question == code, Notification.resolved_at.is_null()
    ).execute()


def _write_question(ctx: Context, plant: Plant, photo: PlantPhoto, question: Question) -> int:
    notice = PlantNotice(
        category="alert" if question.code == HANGING else "health",
        title=question.title,
        message=question.message,
        advice=question.advice,
    )
    resolve_question(ctx, plant.id, SMALLER)
    _write(ctx, plant, photo, notice, question=question.code)
    return 1


def _write(
    ctx: Context,
    plant: Plant,
    photo: PlantPhoto,
    notice: PlantNotice,
    *,
    metric: str | None = None,
    question: str | None = None,
) -> None:
    Notification.create(
        plant_id=plant.id,
        capture_id=photo.capture_id,
        created_at=ctx.at,
        metric=metric,
        bound=None if metric is None else "lower",
        question=question,
        category=notice.category,
        **_texts(ctx, photo, notice),
    )


def _texts(ctx: Context, photo: PlantPhoto, notice: AlertNotification | PlantNotice) -> dict[str, Any]:
    """The columns of a notification's texts, moments in the owner's zone."""
    formatter = Formatter(LocalePreferences(time_zone=str(photo.zone)))
    return message_columns(
        formatter=formatter, now=ctx.now, message=notice.message, title=notice.title, advice=notice.advice
    )


def _update_open_alerts(plant_id: int, states: Iterable[AlertState], photo: PlantPhoto) -> None:
    """Give the open notifications the value of this photograph, where it was measured."""
    at = to_text(photo.now)
    for state in states:
        if state.active and photo.values.get(state.metric) is not None:
            Notification.update(value_now=state.value, measured_at=at).where(
                Notification.plant_id == plant_id,
                Notification.metric == state.metric,
                Notification.bound == state.bound,
                Notification.resolved_at.is_null(),
            ).execute()


def _state(row: Alert) -> AlertState:
    return AlertState(
        metric=row.metric,
        bound=row.bound,
        threshold=row.threshold,
        active=bool(row.active),
        streak=row.streak,
        value=row.value,
        since_at=_moment(row.since_at),
        notified_at=_moment(row.notified_at),
        unknown_since_at=_moment(row.unknown_since_at),
        unknown_streak=row.unknown_streak,
    )


def _save_alert(plant_id: int, row: Alert | None, state: AlertState) -> None:
    values = {
        "threshold": state.threshold,
        "active": int(state.active),
        "streak": state.streak,
        "value": state.value,
        "since_at": _text(state.since_at),
        "notified_at": _text(state.notified_at),
        "unknown_since_at": _text(state.unknown_since_at),
        "unknown_streak": state.unknown_streak,
    }
    if row is not None:
        update_row(row, **values)
    else:
        Alert.create(plant_id=plant_id, metric=state.metric, bound=state.bound, **values)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)


def _text(at: datetime | None) -> str | None:
    return None if at is None else to_text(at)
