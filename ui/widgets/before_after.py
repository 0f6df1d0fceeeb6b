"""Before-after comparison of two photos with a draggable divider."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.graphics import Color, Rectangle, SmoothEllipse, StencilPop, StencilPush, StencilUnUse, StencilUse
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from ui.widgets.photo import Photo


class BeforeAfter(Widget):
    """Overlay that shows `path` left of the divider; inactive without a path."""

    path = StringProperty("")
    crop = ObjectProperty(None, allownone=True)
    share = NumericProperty(0.5)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._photo = Photo(placeholder=False, corners_mm=[2.4, 2.4, 2.4, 2.4])
        with self.canvas.before:
            StencilPush()
            self._open = Rectangle()
            StencilUse()
        with self.canvas.after:
            StencilUnUse()
            self._closed = Rectangle()
            StencilPop()
            self._colour = Color()
            self._line = Rectangle()
            self._knob = SmoothEllipse()
        self.add_widget(self._photo)
        for name in ("pos", "size", "path", "crop", "share"):
            self.fbind(name, self._place)

    def _place(self, *_: Any) -> None:
        theme = App.get_running_app().theme
        self._photo.pos, self._photo.size = self.pos, self.size
        self._photo.path, self._photo.crop = self.path, self.crop
        at = round(self.x + self.share * self.width)
        for half in (self._open, self._closed):
            half.pos, half.size = self.pos, (at - self.x, self.height)
        thick, radius = theme.mm(0.5), theme.mm(3)
        self._colour.rgba = (1, 1, 1, 0.95 if self.path else 0)
        self._line.pos, self._line.size = (at - thick / 2, self.y), (thick, self.height)
        self._knob.pos, self._knob.size = (at - radius, self.center_y - radius), (2 * radius, 2 * radius)

    def on_touch_down(self, touch: Any) -> bool:
        """Grab the divider."""
        if not self.path or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._follow(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Move the divider."""
        if touch.grab_current is not self:
            return False
        self._follow(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Release the divider."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        return True

    def _follow(self, touch: Any) -> None:
        self.share = min(1.0, max(0.0, (touch.x - self.x) / max(1.0, self.width)))
