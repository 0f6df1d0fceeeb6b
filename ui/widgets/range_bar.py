"""Bar of a metric's bands with a mark at the value."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.graphics import Color, InstructionGroup, Rectangle, SmoothRoundedRectangle
from kivy.properties import ListProperty, NumericProperty
from kivy.uix.widget import Widget

GAP_MM = 0.3
BAR_MM, MARK_MM = 1.2, 1.1


def segments(stretches: list[tuple[float, str]]) -> list[tuple[float, float, str]]:
    """Return each band's left end, right end (0 to 1) and level; bands without a width are left out."""
    found, left = [], 0.0
    for right, level in stretches:
        if right > left:
            found.append((left, right, level))
        left = max(left, right)
    return found


class RangeBar(Widget):
    """Widget of the bar."""

    stretches = ListProperty()
    """The bands: (right end, 0 to 1, and level)."""
    place = NumericProperty(-1)
    """Position of the value, 0 to 1; below 0: no mark."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._bands = InstructionGroup()
        self.canvas.add(self._bands)
        for name in ("pos", "size", "stretches", "place"):
            self.fbind(name, self._draw)

    def _draw(self, *_: Any) -> None:
        self._bands.clear()
        if self.place < 0 or not self.stretches:
            return
        app = App.get_running_app()
        gap, tall, mark = app.theme.mm(GAP_MM), app.theme.mm(BAR_MM), app.theme.mm(MARK_MM)
        bottom = self.center_y - tall / 2
        for left, right, level in segments(list(self.stretches)):
            red, green, blue, _alpha = app.tone(level)
            self._bands.add(Color(red, green, blue, 0.55))
            x, width = self.x + left * self.width, (right - left) * self.width
            self._bands.add(Rectangle(pos=(x, bottom), size=(max(width - gap, 1), tall)))
        at = min(max(self.x + self.place * self.width, self.x + mark / 2), self.right - mark / 2)
        self._bands.add(Color(*app.tone("ink")))
        self._bands.add(
            SmoothRoundedRectangle(
                pos=(at - mark / 2, self.center_y - tall * 1.2), size=(mark, tall * 2.4), radius=[mark / 2]
            )
        )
