"""Editor of plant regions on a photo."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, InstructionGroup, Mesh, Rectangle, SmoothEllipse, SmoothLine, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, DictProperty, ListProperty, NumericProperty
from kivy.uix.widget import Widget

from ui.camera.region import Point, Region, big_enough, contains, corner_near, moved, rectangle, with_corner
from ui.theme import dimmed

REACH_MM = 6.0


class RegionEditor(Widget):
    """Editor overlay on a Photo; `frame` is the image's box."""

    frame = ListProperty([0, 0, 1, 1])
    regions = DictProperty()
    """Plant id to Region."""
    names = DictProperty()
    selected = NumericProperty(0)
    editable = BooleanProperty(True)

    __events__ = ("on_changed", "on_picked")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._held: tuple[str, Any] | None = None
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        for name in ("pos", "size", "frame", "regions", "names", "selected"):
            self.fbind(name, self._draw)

    def image_to_window(self, point: Point) -> tuple[float, float]:
        """Convert image shares to window coordinates."""
        x, y, width, height = self.frame
        return (x + point[0] * width, y + (1 - point[1]) * height)

    def window_to_image(self, x: float, y: float) -> Point:
        """Convert window coordinates to image shares."""
        left, bottom, width, height = self.frame
        return ((x - left) / max(1, width), 1 - (y - bottom) / max(1, height))

    def _draw(self, *_: Any) -> None:
        app = App.get_running_app()
        group = self._drawing
        group.clear()
        for plant_id, region in sorted(self.regions.items(), key=lambda item: item[0] == self.selected):
            chosen = plant_id == self.selected
            tone = app.tone("brand") if chosen else (1.0, 1.0, 1.0, 0.85)
            points = [self.image_to_window(p) for p in region]
            if chosen:
                vertices = [v for x, y in points for v in (x, y, 0, 0)]
                group.add(Color(*dimmed(tone, 0.16)))
                group.add(Mesh(vertices=vertices, indices=list(range(len(points))), mode="triangle_fan"))
            line = [c for p in points for c in p]
            group.add(Color(0, 0, 0, 0.45))
            group.add(SmoothLine(points=line, close=True, width=app.theme.mm(0.55) / 1.2))
            group.add(Color(*tone))
            group.add(SmoothLine(points=line, close=True, width=app.theme.mm(0.35) / 1.2))
            if chosen and self.editable:
                self._knobs(group, points)
            self._tag(group, str(self.names.get(plant_id, "")), points, chosen=chosen)

    @staticmethod
    def _knobs(group: InstructionGroup, points: list[tuple[float, float]]) -> None:
        app = App.get_running_app()
        for radius, tone in ((app.theme.mm(2.4), "surface"), (app.theme.mm(1.8), "brand")):
            group.add(Color(*app.tone(tone)))
            for x, y in points:
                group.add(SmoothEllipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius)))

    def _tag(self, group: InstructionGroup, name: str, points: list[tuple[float, float]], *, chosen: bool) -> None:
        """Draw the plant's name at the top of its region."""
        if not name:
            return
        app = App.get_running_app()
        label = CoreLabel(text=name, font_size=app.theme.text("small"), font_name="Inter", bold=True)
        label.refresh()
        width, height = label.texture.size
        pad = app.theme.mm(1.2)
        x = sum(p[0] for p in points) / len(points) - width / 2
        x = min(max(x, self.x + pad), self.right - width - pad)
        y = min(max(p[1] for p in points) - height - app.theme.mm(2.6), self.top - height - pad)
        group.add(Color(*(app.tone("brand") if chosen else (0, 0, 0, 0.6))))
        group.add(
            SmoothRoundedRectangle(
                pos=(x - pad, y - pad / 2), size=(width + 2 * pad, height + pad), radius=[app.theme.mm(1.2)]
            )
        )
        group.add(Color(*(app.tone("on_brand") if chosen else (1, 1, 1, 1))))
        group.add(Rectangle(texture=label.texture, size=(width, height), pos=(round(x), round(y))))

    def on_touch_down(self, touch: Any) -> bool:
        """Grab a corner or a region, or begin to draw one."""
        if not self.collide_point(*touch.pos) or not self.editable or self.disabled:
            return False
        point = self.window_to_image(*touch.pos)
        reach_px = App.get_running_app().theme.mm(REACH_MM)
        reach = (reach_px / max(1, self.frame[2]), reach_px / max(1, self.frame[3]))
        own: Region | None = self.regions.get(self.selected)
        corner = corner_near(own, point, reach) if own else None
        under = next((pid for pid, region in self.regions.items() if contains(region, point)), None)
        if corner is not None:
            self._held = ("corner", corner)
        elif own and contains(own, point):
            self._held = ("body", (point, own))
        elif under is not None:
            self.selected = under
            self.dispatch("on_picked", under)
            return True
        elif self.selected:
            self._held = ("new", (point, own))
        else:
            return False
        touch.grab(self)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Drag or draw."""
        if touch.grab_current is not self or self._held is None:
            return False
        point = self.window_to_image(*touch.pos)
        what, held = self._held
        if what == "corner":
            after = with_corner(self.regions[self.selected], held, point)
        elif what == "body":
            start, before = held
            after = moved(before, (point[0] - start[0], point[1] - start[1]))
        else:
            after = rectangle(held[0], point)
        self.regions = {**self.regions, self.selected: after}
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Release; a region too small to be intended is undone."""
        if touch.grab_current is not self or self._held is None:
            return False
        touch.ungrab(self)
        what, held = self._held
        self._held = None
        after = self.regions.get(self.selected)
        if after is None:
            return True
        if not big_enough(after):
            before = held[1] if what in {"body", "new"} else None
            kept = {pid: region for pid, region in self.regions.items() if pid != self.selected}
            self.regions = {**kept, self.selected: before} if before else kept
            return True
        self.dispatch("on_changed", self.selected, after)
        return True

    @property
    def held(self) -> bool:
        """Whether a region is being dragged or drawn."""
        return self._held is not None

    def on_changed(self, plant_id: int, region: Region) -> None:
        """Event: a region was edited."""

    def on_picked(self, plant_id: int) -> None:
        """Event: another plant was selected."""
