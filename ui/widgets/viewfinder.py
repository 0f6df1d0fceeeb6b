"""Live preview of the camera, scaled to fit."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import ListProperty
from kivy.uix.widget import Widget

from ui.photos.decode import Pixels


class Viewfinder(Widget):
    """Widget that draws RGBA pixels into one reused texture."""

    frame = ListProperty([0, 0, 0, 0])
    """Box of the drawn image: x, y, width, height in window pixels; empty without an image."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._texture: Any = None
        with self.canvas:
            self._colour = Color(1, 1, 1, 0)
            self._rectangle = Rectangle()
        for name in ("pos", "size"):
            self.fbind(name, self._place)

    def show(self, pixels: Pixels) -> None:
        """Display the pixels."""
        size = (pixels.width, pixels.height)
        if self._texture is None or self._texture.size != size:
            self._texture = Texture.create(size=size, colorfmt="rgba")
            self._texture.flip_vertical()
            self._rectangle.texture = self._texture
        self._texture.blit_buffer(pixels.data, colorfmt="rgba", bufferfmt="ubyte")
        self._colour.a = 1
        self.canvas.ask_update()
        self._place()

    def clear(self) -> None:
        """Clear the preview."""
        self._texture = None
        self._colour.a = 0
        self.frame = [0, 0, 0, 0]

    def _place(self, *_: Any) -> None:
        if self._texture is None:
            return
        width, height = self._texture.size
        x, y = round(self.center_x - width / 2), round(self.center_y - height / 2)
        self._rectangle.pos, self._rectangle.size = (x, y), (width, height)
        self.frame = [x, y, width, height]
