"""The registry as JSON values, for clients that can't import it: `metrics` and `pipelines` of `GET /v1/schema`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from sproutcast_pi.model.metrics.metric import SEVERITY, Band, Metric
from sproutcast_pi.model.metrics.reading import VALUE_TEMPLATES
from sproutcast_pi.model.metrics.registry import METRICS, PIPELINE_NAMES


def metric_schema() -> list[dict[str, Any]]:
    """Return every metric in display order.

    Texts are English, to be translated by the reader; `template` is the code of the message a number is written by
    (`/v1/catalogue`), whose `value` is the stored value times `scale`.
    """
    return [_metric(metric) for metric in METRICS.values()]


def pipeline_schema() -> list[dict[str, str]]:
    """Return every pipeline with its English name, in the order people see them."""
    return [{"key": key, "name": name} for key, name in PIPELINE_NAMES.items()]


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "key": metric.key,
        "name": metric.name,
        "pipeline": metric.pipeline,
        "unit": metric.unit,
        "scale": metric.scale,
        "digits": metric.digits,
        "template": VALUE_TEMPLATES[metric.unit, metric.digits].code,
        "whole_from": metric.whole_from,
        "direction": metric.direction,
        "species_dependent": metric.species_dependent,
        "advanced": metric.advanced,
        "replaced_by": metric.replaced_by or None,
        "shown_as_word": metric.shown_as_word,
        "span": metric.span,
        "low": metric.low,
        "high": metric.high,
        "step": metric.step,
        "lower_word": metric.excursion("lower").words,
        "upper_word": metric.excursion("upper").words,
        "bands": _bands(metric.bands),
        "relative_bands": _bands(metric.relative_bands),
    }


def _bands(bands: Sequence[Band]) -> list[dict[str, Any]]:
    """Each band; `top` null: the rest; `inclusive`: whether a value equal to the top belongs to it."""
    return [
        {
            "top": None if math.isinf(band.top) else band.top,
            "inclusive": following is not None and SEVERITY[band.level] < SEVERITY[following.level],
            "word": band.word,
            "level": band.level,
        }
        for band, following in zip_longest(bands, bands[1:])
    ]
