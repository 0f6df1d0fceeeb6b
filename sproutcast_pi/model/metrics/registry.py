"""All metrics by key in display order, and all pipelines."""

from __future__ import annotations

from sproutcast_pi.messages.marking import _
from sproutcast_pi.model.metrics.colour import COLOUR
from sproutcast_pi.model.metrics.flowers import FLOWERS
from sproutcast_pi.model.metrics.leaves import LEAVES
from sproutcast_pi.model.metrics.metric import Metric
from sproutcast_pi.model.metrics.overall import OVERALL
from sproutcast_pi.model.metrics.posture import POSTURE
from sproutcast_pi.model.metrics.size import SIZE

METRICS: dict[str, Metric] = {metric.key: metric for metric in (*OVERALL, *POSTURE, *COLOUR, *SIZE, *LEAVES, *FLOWERS)}
"""Every metric a plan may watch. Each is a column of `analysis_result`."""

PIPELINE_NAMES: dict[str, str] = {
    "P3b": _("Size and firmness"),
    "P3a": _("Leaf colour"),
    "P4": _("Leaf green"),
    "P5": _("Flowers"),
    "P6": _("Growth"),
    "leaves": _("Number of leaves"),
    "lesions": _("Spots and yellow leaves"),
}
"""Each pipeline with its name for people."""

PIPELINES: dict[str, tuple[str, ...]] = {
    pipeline: tuple(metric.key for metric in METRICS.values() if metric.pipeline == pipeline)
    for pipeline in PIPELINE_NAMES
}
"""Each pipeline with the metrics it yields. Segmentation (P3b) always runs: all others use its mask."""

HISTORY_PIPELINES = frozenset({"P6"})
"""Pipelines that need earlier results, not the photograph: the store runs them."""

SHOWN = tuple(metric.key for metric in METRICS.values() if not metric.advanced)
"""Displayed metrics of a plant, in order."""

RELATIVE = tuple(metric.key for metric in METRICS.values() if metric.relative_bands)
"""Metrics judged against the plant's baseline."""
