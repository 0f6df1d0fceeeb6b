"""QR code widget, dark on white with its quiet zone in every theme."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

QUIET = 4
"""Width of the quiet zone in modules, as the standard requires."""


class QrCode(Widget):
    """QR code of `text`; nothing while it is empty."""

    text = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            self._colour = Color(1, 1, 1, 0)
            self._rectangle = Rectangle()
        self.fbind("text", self._make)
        self.fbind("pos", self._place)
        self.fbind("size", self._place)

    def _make(self, *_: Any) -> None:
        if not self.text:
            self._colour.a = 0
            return
        import segno  # noqa: PLC0415 - only this page needs it

        rows = [
            bytes(0 if module else 255 for module in row)
            for row in segno.make(self.text, error="m").matrix_iter(border=QUIET)
        ]
        side = len(rows)
        texture = Texture.create(size=(side, side), colorfmt="luminance")
        texture.mag_filter = "nearest"
        texture.blit_buffer(b"".join(rows), colorfmt="luminance", bufferfmt="ubyte")
        texture.flip_vertical()
        self._rectangle.texture = texture
        self._colour.a = 1
        self._place()

    def _place(self, *_: Any) -> None:
        side = min(self.width, self.height)
        self._rectangle.size = (side, side)
        self._rectangle.pos = (self.x + (self.width - side) / 2, self.y + (self.height - side) / 2)
