"""Editor of the daily light schedule: a curve with five drag handles."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, InstructionGroup, Mesh, Rectangle, SmoothEllipse, SmoothLine
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from ui.light.schedule_curve import DAY_MIN, ScheduleCurve
from ui.theme import dimmed

REACH_MM = 8.0
"""Reach of a drag handle: a touch target of 16 mm."""
HOURS = (0, 6, 12, 18, 24)


class LightCurve(Widget):
    """Editor of a ScheduleCurve; dragging changes `plan` at once, release dispatches `on_changed`."""

    plan: ScheduleCurve | None = ObjectProperty(None, allownone=True)
    now_minute = NumericProperty(-1)
    longest = NumericProperty(DAY_MIN)
    enabled = BooleanProperty(True)

    __events__ = ("on_changed", "on_dragging")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._held: str | None = None
        self._before: ScheduleCurve | None = None
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        for name in ("pos", "size", "plan", "now_minute", "enabled"):
            self.fbind(name, self._draw)

    def plot(self) -> tuple[float, float, float, float]:
        """Return the plot area: x, y, width, height."""
        theme = App.get_running_app().theme
        side, bottom, top = theme.mm(4), theme.text("small") * 1.8, theme.mm(7)
        return (self.x + side, self.y + bottom, self.width - 2 * side, self.height - bottom - top)

    def handle_at(self, name: str) -> tuple[float, float]:
        """Return the window position of a handle."""
        assert self.plan is not None
        x, y, width, height = self.plot()
        minute, level = self.plan.handles()[name]
        return (x + minute / DAY_MIN * width, y + level * height)

    def _draw(self, *_: Any) -> None:
        app = App.get_running_app()
        group = self._drawing
        group.clear()
        if self.plan is None or self.width < 10:  # noqa: PLR2004 - not laid out yet
            return
        x, y, width, height = self.plot()
        for hour in HOURS:
            at = x + hour / 24 * width
            group.add(Color(*app.tone("line")))
            group.add(Rectangle(pos=(round(at), y), size=(max(1, app.theme.mm(0.15)), height)))
            self._write(group, app.tr.clock(hour % 24, 0), at, self.y + app.theme.text("small") * 0.65)
        group.add(Rectangle(pos=(x, y), size=(width, max(1, app.theme.mm(0.15)))))
        points = [(x + m / DAY_MIN * width, y + level * height) for m, level in self.plan.polyline()]
        tone = app.tone("day" if self.enabled else "faint")
        vertices = [v for px, py in points for v in (px, y, 0, 0, px, py, 0, 0)]
        group.add(Color(*dimmed(tone, 0.28)))
        group.add(Mesh(vertices=vertices, indices=list(range(len(points) * 2)), mode="triangle_strip"))
        group.add(Color(*tone))
        line = [c for point in points for c in point]
        group.add(SmoothLine(points=line, width=max(1.3, app.theme.mm(0.5) / 1.6), joint="round"))
        if self.now_minute >= 0:
            at = round(x + self.now_minute / DAY_MIN * width)
            group.add(Color(*app.tone("ink")))
            group.add(Rectangle(pos=(at, y), size=(max(1, app.theme.mm(0.3)), height)))
            now_y, radius = y + self.plan.at(self.now_minute) * height, app.theme.mm(1)
            group.add(SmoothEllipse(pos=(at - radius, now_y - radius), size=(2 * radius, 2 * radius)))
            self._write(group, app.tr("now"), at, y + height + app.theme.mm(4.6), tone="ink")
        for name in self.plan.handles():
            self._knob(group, name)

    def _knob(self, group: InstructionGroup, name: str) -> None:
        app = App.get_running_app()
        at_x, at_y = self.handle_at(name)
        radius = app.theme.mm(3 if name == self._held else 2.2)
        group.add(Color(*app.tone("surface")))
        group.add(SmoothEllipse(pos=(at_x - radius, at_y - radius), size=(2 * radius, 2 * radius)))
        group.add(Color(*app.tone("brand" if self.enabled else "faint")))
        inner = radius - app.theme.mm(0.6)
        group.add(SmoothEllipse(pos=(at_x - inner, at_y - inner), size=(2 * inner, 2 * inner)))

    def _write(self, group: InstructionGroup, text: str, x: float, y: float, *, tone: str = "faint") -> None:
        app = App.get_running_app()
        label = CoreLabel(text=text, font_size=app.theme.text("small"), font_name="Inter")
        label.refresh()
        width, height = label.texture.size
        group.add(Color(*app.tone(tone)))
        left = min(max(x - width / 2, self.x), self.right - width)
        group.add(Rectangle(texture=label.texture, size=(width, height), pos=(round(left), round(y - height / 2))))

    def _nearest(self, touch: Any) -> str | None:
        """Return the nearest handle within reach of the touch."""
        assert self.plan is not None
        reach = App.get_running_app().theme.mm(REACH_MM)

        def away(name: str) -> float:
            x, y = self.handle_at(name)
            return float(((touch.x - x) ** 2 + (touch.y - y) ** 2) ** 0.5)

        nearest = min(self.plan.handles(), key=away)
        return nearest if away(nearest) <= reach else None

    def on_touch_down(self, touch: Any) -> bool:
        """Grab a handle."""
        if self.plan is None or self.disabled or not self.collide_point(*touch.pos):
            return bool(super().on_touch_down(touch))
        self._held = self._nearest(touch)
        if self._held is None:
            return False
        self._before = self.plan
        touch.grab(self)
        self._draw()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Drag the handle."""
        if touch.grab_current is not self or self._held is None or self.plan is None:
            return bool(super().on_touch_move(touch))
        x, y, width, height = self.plot()
        minute = (touch.x - x) / width * DAY_MIN
        level = (touch.y - y) / height
        self.plan = self.plan.drag(self._held, min(DAY_MIN, max(0, minute)), level, int(self.longest))
        self.dispatch("on_dragging")
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Release the handle; dispatch `on_changed` if the schedule changed."""
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        self._held = None
        self._draw()
        if self.plan != self._before:
            self.dispatch("on_changed", self._before, self.plan)
        return True

    @property
    def held(self) -> bool:
        """Whether a handle is being dragged."""
        return self._held is not None

    def on_changed(self, before: ScheduleCurve, after: ScheduleCurve) -> None:
        """Event: the schedule was edited."""

    def on_dragging(self) -> None:
        """Event: the schedule is being dragged."""
