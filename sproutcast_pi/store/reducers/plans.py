"""Monitor plans: what is measured for a plant, and when to alert."""

from __future__ import annotations

import msgspec

from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.model.monitor_plans import Preset, make_plan
from sproutcast_pi.store.arguments import Json, RowId
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import existing, json_text, update_row
from sproutcast_pi.store.tables import Alert, MonitorPlan, Notification, Plant


@reducer(role="carer")
def set_monitor_plan(
    ctx: Context, *, plant_id: RowId, preset: Preset, pipelines: Json = None, rules: Json = None
) -> None:
    """Give a plant one of the presets, or its own pipelines and rules; alerts of rules that are gone end."""
    existing(Plant, plant_id, "plant_id")
    plan = make_plan(preset, pipelines, rules)
    values = {
        "preset": plan.preset,
        "pipelines": json_text(plan.pipelines),
        "rules": json_text(plan.rules),
    }
    known = MonitorPlan.find(plant_id=plant_id)
    if known is None:
        MonitorPlan.create(plant_id=plant_id, updated_at=ctx.at, **values)
    elif update_row(known, **values):
        update_row(known, updated_at=ctx.at)
    kept = {(rule.metric, bound) for rule in plan.rules for bound in rule.watched}
    for alert in Alert.select().where(Alert.plant_id == plant_id):
        if alert.metric in METRICS and (alert.metric, alert.bound) not in kept:
            resolve(ctx, plant_id, alert.metric, alert.bound)
            alert.remove()


def resolve(ctx: Context, plant_id: int, metric: str, bound: str) -> None:
    """Mark the open notifications of one bound as over."""
    Notification.update(resolved_at=ctx.at).where(
        Notification.plant_id == plant_id,
        Notification.metric == metric,
        Notification.bound == bound,
        Notification.resolved_at.is_null(),
    ).execute()


def stored_plan(row: MonitorPlan) -> tuple[dict[str, str], object]:
    """Return a plan's pipelines and its rules as JSON values."""
    return msgspec.json.decode(row.pipelines, type=dict[str, str]), msgspec.json.decode(row.rules)
