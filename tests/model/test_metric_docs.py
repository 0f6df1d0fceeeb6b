"""docs/accuracy.md explains the bands that the registry has, no others."""

from pathlib import Path

import pytest

from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS

ACCURACY = (Path(__file__).parents[2] / "docs" / "accuracy.md").read_text(encoding="utf-8")
BANDED = [metric for metric in METRICS.values() if metric.bands or metric.relative_bands]


def bands_text(metric):
    """ "**limp** to 60 %, a little limp to 68 %, firm": levels watch and act are marked."""
    marks = {"act": "**", "watch": "*"}
    texts = []
    for band in (metric.bands or metric.relative_bands)[:-1]:
        mark = marks.get(band.level, "")
        top = f"{band.top:g} x usual" if metric.relative_bands else value_text(metric.key, band.top)
        texts.append(f"{mark}{band.word}{mark} to {top}")
    last = (metric.bands or metric.relative_bands)[-1]
    mark = marks.get(last.level, "")
    return ", ".join([*texts, f"{mark}{last.word}{mark}"]).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("metric", BANDED, ids=lambda metric: metric.key)
def test_the_edges_are_explained(metric):
    assert f"| {metric.name} | {bands_text(metric)} | " in ACCURACY
