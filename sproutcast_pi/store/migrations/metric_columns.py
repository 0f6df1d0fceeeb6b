"""Columns of metrics that came after version 1: their registry rows name the version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import apsw

from sproutcast_pi.model.metrics.metric import Metric
from sproutcast_pi.model.metrics.registry import METRICS

Step = Callable[[apsw.Connection], None]


def with_metric_columns(steps: Mapping[int, Step], metrics: Iterable[Metric] = METRICS.values()) -> Mapping[int, Step]:
    """Return `steps` and those that add metrics' columns; raises ValueError where two want the same version."""
    by_version: dict[int, list[Metric]] = {}
    for metric in metrics:
        if metric.since > 1:
            by_version.setdefault(metric.since, []).append(metric)
    taken = [version for version in by_version if version - 1 in steps]
    if taken:
        raise ValueError(f"version {taken[0]} has a step of its own; give its metrics the next version")
    return {**steps, **{version - 1: partial(_add_columns, added) for version, added in by_version.items()}}


def _add_columns(metrics: Iterable[Metric], connection: apsw.Connection) -> None:
    for metric in metrics:
        kind = "INTEGER" if metric.integer else "REAL"
        connection.execute(f'ALTER TABLE "analysis_result" ADD COLUMN "{metric.key}" {kind}')
