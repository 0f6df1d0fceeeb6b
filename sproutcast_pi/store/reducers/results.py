"""What follows from a measured picture: results, growth, alerts, notifications, in the capture's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from sproutcast_pi.messages.formatter import Formatter, LocalePreferences
from sproutcast_pi.model.advice import CareFact
from sproutcast_pi.model.alerts import AlertState, evaluate
from sproutcast_pi.model.baseline import BASELINE_WINDOW, baseline_level
from sproutcast_pi.model.growth import WINDOW, Growth, relative_growth
from sproutcast_pi.model.measurement import METRICS, PIPELINES, PlantMeasurement
from sproutcast_pi.model.monitor_plans import last_runs_after, pipelines_due
from sproutcast_pi.model.rules import parse_rules
from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.message_columns import message_columns, withheld_columns
from sproutcast_pi.store.reducers.checks import json_text, update_row
from sproutcast_pi.store.reducers.plans import resolve, stored_plan
from sproutcast_pi.store.reducers.timelapses import count_frame
from sproutcast_pi.store.tables import Alert, AnalysisResult, CareEvent, MonitorPlan, Notification, Plant, Setting
from sproutcast_pi.store.tables import Capture as CaptureRow

CARE_WINDOW = timedelta(weeks=8)
"""Feeding is looked for this far back; no hint needs more."""
BASELINE_SAMPLES = 200
"""So many results tell well enough what is usual for a plant."""
_COLUMNS = set(PlantMeasurement.__struct_fields__) & set(AnalysisResult._meta.fields)  # noqa: SLF001


class _Picture(msgspec.Struct, frozen=True):
    """What all plants of one picture share."""

    capture_id: int
    at: str
    now: datetime
    """The moment `at`."""
    zone: tzinfo


def record_results(ctx: Context, capture: CaptureRow, measured: Sequence[PlantMeasurement]) -> dict[str, Any]:
    """Write one result a plant and what follows from it; plants that are gone meanwhile are passed over."""
    at = capture.started_at or ctx.at
    picture = _Picture(capture.id, at, from_text(at), _zone())
    seen: set[int] = set()
    notices = 0
    for measurement in measured:
        plant = Plant.find(id=measurement.plant)
        if plant is None or plant.id in seen:
            continue
        seen.add(plant.id)
        notices += _record_result(ctx, picture, plant, measurement)
    count_frame(at, seen)
    return {"results": len(seen), "notices": notices}


def _record_result(ctx: Context, picture: _Picture, plant: Plant, measurement: PlantMeasurement) -> int:
    plan = MonitorPlan.find(plant_id=plant.id)
    pipelines, rules = ({}, []) if plan is None else stored_plan(plan)
    ran = {} if plan is None else msgspec.json.decode(plan.ran, type=dict[str, datetime])
    due = pipelines_due(pipelines, ran, picture.now)  # type: ignore[arg-type]  # checked when the plan was stored
    growth = _growth(plant.id, measurement, picture.at) if "P6" in due else None
    values = {name: value for name, value in msgspec.structs.asdict(measurement).items() if name in _COLUMNS}
    values["bbox"] = None if measurement.bbox is None else json_text(measurement.bbox)
    values["health_reasons"] = json_text(measurement.health_reasons)
    values |= withheld_columns(measurement.left_out)
    values["growth_rate_percent"] = None if growth is None else growth.rate_percent
    values["growth_rate_sd"] = None if growth is None else growth.sd_percent
    AnalysisResult.create(plant_id=plant.id, capture_id=picture.capture_id, at=picture.at, **values)
    update_row(plant, photo_capture_id=picture.capture_id)
    if plan is None:
        return 0
    done = [name for name in due if any(values.get(metric) is not None for metric in PIPELINES[name])]
    after = last_runs_after(pipelines, ran, done, picture.now)  # type: ignore[arg-type]  # checked when it was stored
    update_row(plan, ran=json_text({name: to_text(moment) for name, moment in after.items()}))
    return _evaluate_alerts(ctx, picture, plant, rules, {name: values.get(name) for name in METRICS})


def _evaluate_alerts(
    ctx: Context, picture: _Picture, plant: Plant, rules: object, values: dict[str, float | None]
) -> int:
    rows = {(row.metric, row.bound): row for row in Alert.select().where(Alert.plant_id == plant.id)}
    plan_rules = parse_rules(rules)
    outcome = evaluate(
        plan_rules,
        [_state(row) for row in rows.values()],
        values,
        picture.now,
        plant=plant.name,
        usual=_baseline(plant.id, [rule.metric for rule in plan_rules if rule.drop_percent is not None], picture.now),
        care=_care(plant.id, picture.now),
    )
    formatter = Formatter(LocalePreferences(time_zone=str(picture.zone)))
    for state in outcome.states:
        _save_alert(plant.id, rows.pop((state.metric, state.bound), None), state)
    for gone in rows.values():
        gone.remove()
    for over in outcome.resolved:
        resolve(ctx, plant.id, over.metric, over.bound)
    for notice in outcome.notices:
        columns = msgspec.structs.asdict(notice) | message_columns(
            formatter=formatter, now=ctx.now, message=notice.message, title=notice.title, advice=notice.advice
        )
        Notification.create(plant_id=plant.id, capture_id=picture.capture_id, created_at=ctx.at, **columns)
    return len(outcome.notices)


def _growth(plant_id: int, measurement: PlantMeasurement, at: str) -> Growth | None:
    """Growth in square centimetres when this picture has a scale, else in share of the frame: never the two mixed."""
    column = AnalysisResult.area_percent if measurement.area_cm2 is None else AnalysisResult.area_cm2
    newest = measurement.area_percent if measurement.area_cm2 is None else measurement.area_cm2
    since = to_text(from_text(at) - WINDOW)
    earlier: Any = (
        AnalysisResult.select(AnalysisResult.at, column)
        .where(AnalysisResult.plant_id == plant_id, AnalysisResult.at >= since, AnalysisResult.at < at)
        .tuples()
    )
    return relative_growth([(from_text(when), area) for when, area in earlier] + [(from_text(at), newest)])


def _baseline(plant_id: int, metrics: Sequence[str], now: datetime) -> dict[str, float | None]:
    """What is usual for this plant, of the metrics whose drop is watched."""
    if not metrics:
        return {}
    columns = [getattr(AnalysisResult, metric) for metric in metrics]
    rows: list[Any] = list(
        AnalysisResult.select(AnalysisResult.at, *columns)
        .where(AnalysisResult.plant_id == plant_id, AnalysisResult.at >= to_text(now - BASELINE_WINDOW))
        .tuples()
    )
    some = rows[:: len(rows) // BASELINE_SAMPLES + 1]
    return {
        metric: baseline_level([(from_text(row[0]), row[place]) for row in some], now)
        for place, metric in enumerate(metrics, start=1)
    }


def _state(row: Alert) -> AlertState:
    return AlertState(
        metric=row.metric,
        bound=row.bound,
        threshold=row.threshold,
        active=bool(row.active),
        streak=row.streak,
        value=row.value,
        since_at=None if row.since_at is None else from_text(row.since_at),
        notified_at=None if row.notified_at is None else from_text(row.notified_at),
    )


def _save_alert(plant_id: int, row: Alert | None, state: AlertState) -> None:
    values = {
        "threshold": state.threshold,
        "active": int(state.active),
        "streak": state.streak,
        "value": state.value,
        "since_at": None if state.since_at is None else to_text(state.since_at),
        "notified_at": None if state.notified_at is None else to_text(state.notified_at),
    }
    if row is not None:
        update_row(row, **values)
    else:
        Alert.create(plant_id=plant_id, metric=state.metric, bound=state.bound, **values)


def _care(plant_id: int, now: datetime) -> list[CareFact]:
    recent = (
        CareEvent.select(CareEvent.kind, CareEvent.at)
        .where(CareEvent.plant_id == plant_id, CareEvent.at >= to_text(now - CARE_WINDOW))
        .order_by(CareEvent.at.desc())
    )
    return [CareFact(kind=event.kind, at=from_text(event.at)) for event in recent]


def _zone() -> tzinfo:
    chosen = Setting.find(name="time_zone")
    return ZoneInfo("UTC" if chosen is None else msgspec.json.decode(chosen.value, type=str))
