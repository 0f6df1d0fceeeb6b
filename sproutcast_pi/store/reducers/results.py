"""What follows from a measured picture: results, growth, alerts, notifications, in the capture's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.model.advice import CareFact
from sproutcast_pi.model.baseline import size_baseline_start
from sproutcast_pi.model.growth import WINDOW, Growth, relative_growth
from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.model.metrics.registry import METRICS, PIPELINES
from sproutcast_pi.model.monitor_plans import last_runs_after, pipelines_due
from sproutcast_pi.model.presence import judge_presence, withhold_unless_seen
from sproutcast_pi.model.rules import DEFAULT_RULES, parse_rules
from sproutcast_pi.model.stage import StageFacts, next_stage
from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.message_columns import withheld_columns
from sproutcast_pi.store.reducers.baselines import result_baselines
from sproutcast_pi.store.reducers.checks import json_text, update_row
from sproutcast_pi.store.reducers.plans import stored_plan
from sproutcast_pi.store.reducers.plant_alerts import PlantPhoto, any_result, evaluate_plant
from sproutcast_pi.store.reducers.timelapses import count_frame
from sproutcast_pi.store.tables import AnalysisResult, CareEvent, MonitorPlan, Plant, Setting
from sproutcast_pi.store.tables import Capture as CaptureRow

CARE_WINDOW = timedelta(weeks=8)
"""Feeding is looked for this far back; no hint needs more."""
USUAL_AREA_RESULTS = 10
"""Latest results of which the median area is the usual one: a growing plant outgrows older ones."""
FIRM_FROM = DEFAULT_RULES["turgor_index"].lower or 0.0
STAGE_RESULTS = 24
"""Results that the stage is confirmed by: three days of a metric that is measured once a day."""
DOUBTFUL_RESULTS = 3
"""Uncertain results in a row, without another plant's sudden size, after which a plant is one hardly recognised."""
_CERTAIN = (AnalysisResult.presence == "seen") | AnalysisResult.presence.is_null()
"""Rows older than the column were published as seen."""
_COLUMNS = set(PlantMeasurement.__struct_fields__) & set(AnalysisResult._meta.fields)  # noqa: SLF001 - peewee's public way


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
    pipelines, stored_rules = ({}, []) if plan is None else stored_plan(plan)
    rules = parse_rules(stored_rules)
    ran = {} if plan is None else msgspec.json.decode(plan.ran, type=dict[str, datetime])
    due = pipelines_due(pipelines, ran, picture.now)  # type: ignore[arg-type]  # checked when the plan was stored
    care = _care(plant.id, picture.now)
    start = size_baseline_start(care, picture.now)
    baselines = result_baselines(plant.id, rules, picture.now, start)
    areas = _seen_areas(plant.id, picture.at, start)
    usual_area = median(areas) if areas else None
    presence = judge_presence(measurement, usual_area, doubt_before=_doubt_before(plant.id, picture.at))
    measurement = withhold_unless_seen(measurement, presence)
    growth = _growth(plant.id, measurement, picture.at, start) if "P6" in due and presence.is_seen else None
    values = _result_values(measurement, growth) | {"presence": presence.state, "baseline": json_text(baselines)}
    if presence.state != "absent":
        values["stage"] = _stage(plant.id, measurement, picture.at)
    AnalysisResult.create(plant_id=plant.id, capture_id=picture.capture_id, at=picture.at, **values)
    update_row(plant, photo_capture_id=picture.capture_id)
    if plan is None:
        return 0
    done = [name for name in due if any(values.get(metric) is not None for metric in PIPELINES[name])]
    after = last_runs_after(pipelines, ran, done, picture.now)  # type: ignore[arg-type]  # checked when it was stored
    update_row(plan, ran=json_text({name: to_text(moment) for name, moment in after.items()}))
    photo = PlantPhoto(
        capture_id=picture.capture_id,
        now=picture.now,
        zone=picture.zone,
        presence=presence,
        values={name: values.get(name) for name in METRICS} if presence.is_seen else {},
        withheld=measurement.left_out,
        area=measurement.area_percent,
        area_before=areas[0] if areas else None,
        usual_area=usual_area,
        ever_seen=presence.is_seen
        or bool(areas)
        or any_result(plant.id, picture.now, _CERTAIN, AnalysisResult.area_percent > 0),
        was_firm=any_result(plant.id, picture.now, AnalysisResult.turgor_index >= FIRM_FROM),
        baseline=baselines,
        care=care,
    )
    return evaluate_plant(ctx, plant, rules, photo)


def _result_values(measurement: PlantMeasurement, growth: Growth | None) -> dict[str, Any]:
    """The columns of a result's row."""
    values = {name: value for name, value in msgspec.structs.asdict(measurement).items() if name in _COLUMNS}
    values["bbox"] = None if measurement.bbox is None else json_text(measurement.bbox)
    values["health_reasons"] = json_text(measurement.health_reasons)
    values |= withheld_columns(measurement.left_out)
    values["growth_rate_percent"] = None if growth is None else growth.rate_percent
    values["growth_rate_sd"] = None if growth is None else growth.sd_percent
    return values


def _seen_areas(plant_id: int, before: str, start: datetime | None) -> list[float]:
    """The areas (percent of the frame) of the latest photographs that certainly showed the plant, newest first."""
    rows = (
        AnalysisResult.select(AnalysisResult.area_percent)
        .where(AnalysisResult.plant_id == plant_id, AnalysisResult.at < before, AnalysisResult.area_percent > 0)
        .where(_CERTAIN)
        .order_by(AnalysisResult.at.desc())
        .limit(USUAL_AREA_RESULTS)
    )
    if start is not None:
        rows = rows.where(AnalysisResult.at > to_text(start))
    return [row.area_percent for row in rows if row.area_percent is not None]


def _doubt_before(plant_id: int, before: str) -> str | None:
    """Why the latest photographs in which something was found all left it uncertain; None: they did not."""
    rows = list(
        AnalysisResult.select(AnalysisResult.presence, AnalysisResult.uncertain_reason)
        .where(AnalysisResult.plant_id == plant_id, AnalysisResult.at < before, AnalysisResult.presence != "absent")
        .order_by(AnalysisResult.at.desc())
        .limit(DOUBTFUL_RESULTS)
    )
    reasons = [row.uncertain_reason for row in rows if row.presence == "uncertain"]
    doubtful = bool(rows) and len(reasons) == len(rows) and withheld_reasons.AREA_JUMP not in reasons
    return reasons[0] if doubtful else None


def _stage(plant_id: int, measurement: PlantMeasurement, before: str) -> str | None:
    """The stage after this photograph; what the photograph alone shows must be confirmed by those that follow."""
    rows = list(
        AnalysisResult.select(
            AnalysisResult.stage, AnalysisResult.bloom_percent, AnalysisResult.area_percent, AnalysisResult.leaf_count
        )
        .where(AnalysisResult.plant_id == plant_id, AnalysisResult.at < before)
        .order_by(AnalysisResult.at.desc())
        .limit(STAGE_RESULTS)
    )
    stage = next((row.stage for row in rows if row.stage is not None), None)
    facts = [StageFacts(measurement.bloom_percent, measurement.area_percent, measurement.leaf_count)]
    facts += [StageFacts(row.bloom_percent, row.area_percent, row.leaf_count) for row in rows]
    return next_stage(stage, facts) or measurement.stage


def _growth(plant_id: int, measurement: PlantMeasurement, at: str, start: datetime | None) -> Growth | None:
    """Growth in square centimetres when this picture has a scale, else in share of the frame: never the two mixed.

    None without an area in this photograph.
    """
    column = AnalysisResult.area_percent if measurement.area_cm2 is None else AnalysisResult.area_cm2
    newest = measurement.area_percent if measurement.area_cm2 is None else measurement.area_cm2
    if newest is None:
        return None
    since = to_text(from_text(at) - WINDOW)
    earlier: Any = (
        AnalysisResult.select(AnalysisResult.at, column)
        .where(AnalysisResult.plant_id == plant_id, AnalysisResult.at >= since, AnalysisResult.at < at)
        .where(_CERTAIN)
        .tuples()
    )
    points = [(from_text(when), area) for when, area in earlier]
    return relative_growth([*points, (from_text(at), newest)], start=start)


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
