"""Line chart with axes, care marks and a tooltip."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.core.text import Label as CoreLabel
from kivy.graphics import (
    Color,
    InstructionGroup,
    Line,
    Mesh,
    Rectangle,
    SmoothEllipse,
    SmoothLine,
    SmoothRoundedRectangle,
)
from kivy.properties import ObjectProperty
from kivy.uix.widget import Widget

from ui.i18n.care import CARE_KINDS
from ui.plant.chart import Chart
from ui.widgets.icons import LINE


class Curve(Widget):
    """Widget that draws a Chart."""

    chart: Chart | None = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._drawing = InstructionGroup()
        self._finger = InstructionGroup()
        self.canvas.add(self._drawing)
        self.canvas.add(self._finger)
        for name in ("pos", "size", "chart"):
            self.fbind(name, self._draw)

    def _plot(self) -> tuple[float, float, float, float]:
        """Return the plot area: x, y, width, height."""
        theme = App.get_running_app().theme
        left, bottom, top = theme.text("small") * 3.2, theme.text("small") * 1.7, theme.mm(5.5)
        return (self.x + left, self.y + bottom, self.width - left - theme.mm(2), self.height - bottom - top)

    def _text(
        self, group: InstructionGroup, text: str, x: float, y: float, tone: str, *, role: str = "small", **how: Any
    ) -> float:
        """Draw a text centred at y; anchor is the share of its width left of x. Returns its width."""
        app = App.get_running_app()
        label = CoreLabel(
            text=text, font_size=how.get("size") or app.theme.text(role), font_name=how.get("font", "Inter")
        )
        label.refresh()
        width, height = label.texture.size
        left = min(max(x - width * how.get("anchor", 0.5), self.x), self.right - width)
        group.add(Color(*app.tone(tone)))
        group.add(Rectangle(texture=label.texture, size=(width, height), pos=(round(left), round(y - height / 2))))
        return float(width)

    def _draw(self, *_: Any) -> None:
        app = App.get_running_app()
        self._drawing.clear()
        self._finger.clear()
        found = self.chart
        if found is None or self.width < 10 or self.height < 10:  # noqa: PLR2004 - not laid out yet
            return
        add = self._drawing.add
        x, y, width, height = self._plot()
        for tick in found.y:
            at = float(round(y + tick.at * height))
            add(Color(*app.tone("line")))
            add(Rectangle(pos=(x, at), size=(width, max(1, app.theme.mm(0.15)))))
            self._text(self._drawing, tick.text, x - app.theme.mm(1.4), at, "faint", anchor=1.0)
        for tick in found.x:
            self._text(self._drawing, tick.text, x + tick.at * width, self.y + app.theme.text("small") * 0.6, "faint")
        if found.limit is not None:
            at = y + found.limit * height
            add(Color(*app.tone("watch")))
            add(Line(points=[x, at, x + width, at], width=1, dash_length=6, dash_offset=5))
            word = app.tr("Alert")
            self._text(self._drawing, word, x + width, at + app.theme.text("small") * 0.7, "watch", anchor=1.0)
        beside = self.x
        for mark in sorted(found.marks, key=lambda m: m.at):
            at = round(x + mark.at * width)
            add(Color(*app.tone("info")))
            add(Rectangle(pos=(at, y), size=(max(1, app.theme.mm(0.2)), height)))
            kind = CARE_KINDS.get(mark.kind)
            icon = LINE[kind.icon] if kind else "•"
            beside = max(at, beside + app.theme.mm(4.6))
            self._text(
                self._drawing,
                icon,
                beside,
                y + height + app.theme.mm(2.8),
                "info",
                font="IconsLine",
                size=app.theme.mm(4.4),
            )
        tone = app.tone("brand")
        thick = max(1.2, app.theme.mm(0.5) / 1.6)
        for line in found.lines:
            points = [c for px, py in line for c in (x + px * width, y + py * height)]
            self._fill(points, y, tone)
            add(Color(*tone))
            add(SmoothLine(points=points, width=thick, joint="round", cap="round"))
        if found.lines:
            px, py = found.lines[-1][-1]
            radius = app.theme.mm(1.1)
            add(SmoothEllipse(pos=(x + px * width - radius, y + py * height - radius), size=(2 * radius, 2 * radius)))

    def _fill(self, points: list[float], floor: float, tone: tuple[float, ...]) -> None:
        """Fill the area below the curve."""
        if len(points) <= 2:  # noqa: PLR2004 - one point has no area below it
            return
        pairs = list(zip(points[::2], points[1::2], strict=True))
        vertices = [v for px, py in pairs for v in (px, floor, 0, 0, px, py, 0, 0)]
        self._drawing.add(Color(*tone[:3], 0.13))
        self._drawing.add(Mesh(vertices=vertices, indices=list(range(len(pairs) * 2)), mode="triangle_strip"))

    def on_touch_down(self, touch: Any) -> bool:
        """Show the tooltip."""
        if not self.collide_point(*touch.pos) or self.chart is None or not self.chart.values:
            return bool(super().on_touch_down(touch))
        touch.grab(self)
        self._point(touch.x)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Move the tooltip."""
        if touch.grab_current is self:
            self._point(touch.x)
            return True
        return bool(super().on_touch_move(touch))

    def on_touch_up(self, touch: Any) -> bool:
        """Hide the tooltip."""
        if touch.grab_current is self:
            touch.ungrab(self)
            self._finger.clear()
            return True
        return bool(super().on_touch_up(touch))

    def _point(self, finger_x: float) -> None:
        """Draw the tooltip of the nearest value."""
        app = App.get_running_app()
        assert self.chart is not None
        x, y, width, height = self._plot()
        px, py, value, at_time = min(self.chart.values, key=lambda v: abs(x + v[0] * width - finger_x))
        at_x, at_y, radius = x + px * width, y + py * height, app.theme.mm(1.5)
        group = self._finger
        group.clear()
        group.add(Color(*app.tone("ink")))
        group.add(Rectangle(pos=(round(at_x), y), size=(1, height)))
        group.add(SmoothEllipse(pos=(at_x - radius, at_y - radius), size=(2 * radius, 2 * radius)))
        bubble = app.theme.mm(38)
        left = min(max(at_x - bubble / 2, x), x + width - bubble)
        top = y + height - app.theme.mm(0.5)
        group.add(
            SmoothRoundedRectangle(
                pos=(left, top - app.theme.mm(6)), size=(bubble, app.theme.mm(6)), radius=[app.theme.mm(1.5)]
            )
        )
        self._text(group, f"{value}  ·  {at_time}", left + bubble / 2, top - app.theme.mm(3), "ground")
