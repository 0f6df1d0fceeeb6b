"""Sparkline: a small line chart without axes."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.graphics import Color, SmoothEllipse, SmoothLine
from kivy.properties import ListProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

MIN_SPAN = 0.04
"""Relative range below which the line is drawn flat: noise is not a trend."""


def spark_points(values: list[float], width: float, height: float) -> list[tuple[float, float]]:
    """Return the line's points in a box from (0, 0); values too close together give a flat line."""
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return []
    low, high = min(values), max(values)
    least = max(abs(high), abs(low)) * MIN_SPAN or 1.0
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    step = width / (len(values) - 1)
    return [(i * step, (v - low) / (high - low) * height) for i, v in enumerate(values)]


class Sparkline(Widget):
    """Sparkline of the last values with a dot at its end."""

    values = ListProperty()
    tone = StringProperty("soft")
    cursor = NumericProperty(-1)
    """Position of the dot as a share of the width; below 0: at the end."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            self._colour = Color()
            self._line = SmoothLine(width=1.2, cap="round", joint="round")
            self._dot = SmoothEllipse()
        for name in ("pos", "size", "values", "tone", "cursor"):
            self.fbind(name, self._draw)

    def _draw(self, *_: Any) -> None:
        app = App.get_running_app()
        radius = app.theme.mm(0.8)
        points = spark_points(list(self.values), self.width - 2 * radius, self.height - 2 * radius)
        self._colour.rgba = app.tone(self.tone)
        self._line.width = max(1.1, app.theme.px_per_mm * 0.22)
        x, y = self.x + radius, self.y + radius
        self._line.points = [c for px, py in points for c in (x + px, y + py)]
        if points:
            end = points[round(self.cursor * (len(points) - 1)) if self.cursor >= 0 else -1]
            self._dot.pos = (x + end[0] - radius, y + end[1] - radius)
            self._dot.size = (2 * radius, 2 * radius)
        else:
            self._dot.size = (0, 0)
