"""What is usual for a plant, from its earlier results: the level that falls are measured against."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sproutcast_pi.model.baseline import BASELINE_WINDOW, baseline_level
from sproutcast_pi.model.metrics.registry import RELATIVE
from sproutcast_pi.model.rules import Rule
from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.store.tables import Alert, AnalysisResult

SAMPLES = 200
"""Results that are enough for a baseline."""


def result_baselines(plant_id: int, rules: Sequence[Rule], now: datetime, start: datetime | None) -> dict[str, float]:
    """Return what is usual for the plant at `now`, of the metrics judged by it and of those whose drop is watched.

    Results of before `start` (a repotting, a pruning) and photographs that may not show the plant are left out.

    While a drop lasts, the level it began with counts, as it does for the rule. Metrics whose level isn't known yet
    are missing.
    """
    drops = {rule.metric: rule.drop_percent for rule in rules if rule.drop_percent is not None}
    levels = _levels(plant_id, list(dict.fromkeys((*RELATIVE, *drops))), now, start)
    for alert in Alert.select().where(Alert.plant_id == plant_id, Alert.bound == "drop"):
        drop = drops.get(alert.metric)
        if drop is not None and (alert.since_at is not None or alert.metric not in levels):
            levels[alert.metric] = alert.threshold / (1.0 - drop / 100.0)
    return levels


def _levels(plant_id: int, metrics: Sequence[str], now: datetime, start: datetime | None) -> dict[str, float]:
    columns = [getattr(AnalysisResult, metric) for metric in metrics]
    rows: list[Any] = list(
        AnalysisResult.select(AnalysisResult.at, *columns)
        .where(
            AnalysisResult.plant_id == plant_id,
            AnalysisResult.at >= to_text(max(now - BASELINE_WINDOW, start or now - BASELINE_WINDOW)),
        )
        .where((AnalysisResult.presence == "seen") | AnalysisResult.presence.is_null())
        .tuples()
    )
    some = rows[:: len(rows) // SAMPLES + 1]
    levels = {
        metric: baseline_level([(from_text(row[0]), row[place]) for row in some], now)
        for place, metric in enumerate(metrics, start=1)
    }
    return {metric: level for metric, level in levels.items() if level is not None}
