"""Photo widget that loads its texture asynchronously."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from ui.photos.decode import ImageRequest

UNPLACED = (100, 100)
"""Kivy's default size of a widget before layout."""


class Photo(Widget):
    """Photo `path` cropped to the widget; a placeholder until it is loaded."""

    path = StringProperty("", allownone=True)
    crop = ObjectProperty(None, allownone=True)
    whole = BooleanProperty(False)
    corners_mm = ListProperty([0, 0, 0, 0])
    """Top left, top right, bottom right, bottom left."""
    opacity_photo = NumericProperty(1)
    keep = BooleanProperty(False)
    """Keep the previous image until the next is ready, so that a video does not flicker."""
    placeholder = BooleanProperty(True)
    frame = ListProperty([0, 0, 1, 1])
    """Box of the drawn image: x, y, width, height in window pixels."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._request: ImageRequest | None = None
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
        """Request the current texture."""
        app = App.get_running_app()
        if self._request is not None:
            app.textures.forget(self._request, self._on_texture)
            self._request = None
        width, height = int(self.width), int(self.height)
        self._place()
        if not self.path:
            self._texture = None
            self._place()
            return
        if width < 4 or height < 4 or (width, height) == UNPLACED:  # noqa: PLR2004 - not laid out yet
            return
        self._request = ImageRequest(
            path=self.path,
            width=width,
            height=height,
            crop=tuple(self.crop) if self.crop else None,
            whole=self.whole,
            corners=tuple(app.theme.mm(c) for c in self.corners_mm),
        )
        app.textures.get(self._request, self._on_texture)

    def _on_texture(self, texture: Any) -> None:
        if texture is None and self.keep:
            return
        self._texture = texture
        self._place()

    def _place(self, *_: Any) -> None:
        """Position the image or the placeholder."""
        app = App.get_running_app()
        texture = self._texture
        width, height = texture.size if texture and self.whole else self.size
        x, y = self.x + (self.width - width) / 2, self.y + (self.height - height) / 2
        self._rectangle.pos, self._rectangle.size = (round(x), round(y)), (width, height)
        self._rectangle.texture = texture
        self._colour.a = self.opacity_photo if texture else 0
        self.frame = [x, y, width, height]
        self._ground.pos, self._ground.size = self.pos, self.size
        top_left, top_right, bottom_right, bottom_left = (max(1, app.theme.mm(c)) for c in self.corners_mm)
        self._ground.radius = [top_left, top_right, bottom_right, bottom_left]
        self._ground_colour.rgba = app.tone("raised") if self.placeholder and texture is None else (0, 0, 0, 0)
