"""A photograph in its place, fetched when it is seen and drawn when it is ready."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from ui.photos.decode import ImageRequest

UNPLACED = (100, 100)
"""What Kivy calls the size of a widget it has not placed yet."""


class Photo(Widget):
    """Shows `path` cut to its own size; a quiet square while there is none."""

    path = StringProperty("", allownone=True)
    crop = ObjectProperty(None, allownone=True)
    whole = BooleanProperty(False)
    corners_mm = ListProperty([0, 0, 0, 0])
    """Top left, top right, bottom right, bottom left."""
    opacity_photo = NumericProperty(1)
    keep = BooleanProperty(False)
    """Keep showing the picture before until the next is ready: a film must not blink."""
    placeholder = BooleanProperty(True)
    frame = ListProperty([0, 0, 1, 1])
    """Where the picture really lies: x, y, width, height in window pixels."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._wish: ImageRequest | None = None
        self._texture: Any = None
        self._ask = Clock.create_trigger(self._request_texture, 0)
        with self.canvas:
            self._ground_colour = Color(0, 0, 0, 0)
            self._ground = SmoothRoundedRectangle()
            self._colour = Color(1, 1, 1, 0)
            self._rectangle = Rectangle()
        for name in ("path", "crop", "size", "whole"):
            self.fbind(name, self._ask)
        for name in ("pos", "size", "opacity_photo"):
            self.fbind(name, self._place)
        self._ask()

    def _request_texture(self, *_: Any) -> None:
        """Ask the album for what is wanted now."""
        app = App.get_running_app()
        if self._wish is not None:
            app.album.forget(self._wish, self._on_texture)
            self._wish = None
        width, height = int(self.width), int(self.height)
        self._place()
        if not self.path:
            self._texture = None
            self._place()
            return
        if width < 4 or height < 4 or (width, height) == UNPLACED:  # noqa: PLR2004 - not laid out yet
            return
        self._wish = ImageRequest(
            path=self.path,
            width=width,
            height=height,
            crop=tuple(self.crop) if self.crop else None,
            whole=self.whole,
            corners=tuple(app.look.mm(c) for c in self.corners_mm),
        )
        app.album.get(self._wish, self._on_texture)

    def _on_texture(self, texture: Any) -> None:
        if texture is None and self.keep:
            return
        self._texture = texture
        self._place()

    def _place(self, *_: Any) -> None:
        """Put picture or placeholder where the widget is."""
        app = App.get_running_app()
        texture = self._texture
        width, height = texture.size if texture and self.whole else self.size
        x, y = self.x + (self.width - width) / 2, self.y + (self.height - height) / 2
        self._rectangle.pos, self._rectangle.size = (round(x), round(y)), (width, height)
        self._rectangle.texture = texture
        self._colour.a = self.opacity_photo if texture else 0
        self.frame = [x, y, width, height]
        self._ground.pos, self._ground.size = self.pos, self.size
        top_left, top_right, bottom_right, bottom_left = (max(1, app.look.mm(c)) for c in self.corners_mm)
        self._ground.radius = [top_left, top_right, bottom_right, bottom_left]
        self._ground_colour.rgba = app.tone("raised") if self.placeholder and texture is None else (0, 0, 0, 0)
