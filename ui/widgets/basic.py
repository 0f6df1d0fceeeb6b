"""Words, icons, buttons, switches, sliders: the smallest things on the screen."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget


class Text(Label):
    """One line, cut with an ellipsis where it does not fit."""

    role = StringProperty("body")
    tone = StringProperty("ink")
    snug = BooleanProperty(False)
    """As wide as its text."""


class Title(Text):
    """The name of a screen."""


class Words(Label):
    """A paragraph, as high as it needs."""

    role = StringProperty("body")
    tone = StringProperty("ink")


class Icon(Label):
    """A picture of a thing, from the icon fonts."""

    name = StringProperty("")
    filled = BooleanProperty(False)
    tone = StringProperty("ink")
    size_mm = NumericProperty(5)


class Surface(BoxLayout):
    """A box with a filled, rounded background."""

    fill = StringProperty("surface")
    corner = NumericProperty(2.4)


class TapSurface(ButtonBehavior, Surface):
    """A surface that can be touched."""


class Bar(BoxLayout):
    """The row on top of a screen."""


class Press(ButtonBehavior, BoxLayout):
    """A button: an icon, a word or both. Kinds: primary, plain, danger, ghost."""

    text = StringProperty("")
    icon = StringProperty("")
    icon_filled = BooleanProperty(False)
    icon_mm = NumericProperty(5)
    kind = StringProperty("plain")
    role = StringProperty("body")
    centred = BooleanProperty(True)
    ink_tone = StringProperty("ink")
    shown = NumericProperty(1)
    """0 hides it; its place stays."""

    def on_kind(self, _instance: Any, kind: str) -> None:
        """Let the ink follow the kind."""
        self.ink_tone = {"primary": "on_brand", "danger": "on_act"}.get(kind, "ink")


class StateLine(BoxLayout):
    """A state: its shape in its colour, and the words."""

    level = StringProperty("none")
    icon = StringProperty("circle-dashed")
    words = StringProperty("")
    role = StringProperty("strong")


class Toggle(ButtonBehavior, Widget):
    """A switch. Touching asks; whoever listens to `on_asked` sets `active` once it is true."""

    active = BooleanProperty(False)

    __events__ = ("on_asked",)

    def on_release(self) -> None:
        """Ask for the other position."""
        self.dispatch("on_asked", not self.active)

    def on_asked(self, wanted: bool) -> None:
        """Somebody wants it so."""


class ChoicePart(ButtonBehavior, Label):
    """One of a few choices."""

    chosen = BooleanProperty(False)
    value = ObjectProperty(None)


class Choice(BoxLayout):
    """A few choices beside each other, one of them chosen."""

    options = ListProperty()
    """(value, word) pairs."""
    value = ObjectProperty(None, allownone=True)

    __events__ = ("on_asked",)

    def on_options(self, *_: Any) -> None:
        """Lay the parts out anew."""
        self.clear_widgets()
        for value, word in self.options:
            part = ChoicePart(text=word, value=value, chosen=value == self.value)
            part.bind(on_release=lambda touched: self.dispatch("on_asked", touched.value))
            self.add_widget(part)

    def on_value(self, *_: Any) -> None:
        """Mark the chosen part."""
        for part in self.children:
            part.chosen = part.value == self.value

    def on_asked(self, value: Any) -> None:
        """Somebody wants this one."""


class ProgressIndicator(Widget):
    """How much of something is done; nothing while that is 0."""

    share = NumericProperty(0)


class Scroll(ScrollView):
    """A page longer than the glass."""


class Slide(Widget):
    """A slider. `on_asked` comes once, when the finger leaves."""

    minimum = NumericProperty(0)
    maximum = NumericProperty(100)
    step = NumericProperty(1)
    value = NumericProperty(0)
    share = NumericProperty(0)

    __events__ = ("on_asked",)

    def on_value(self, *_: Any) -> None:
        """Move the knob."""
        self.share = (self.value - self.minimum) / max(1e-9, self.maximum - self.minimum)

    on_minimum = on_maximum = on_value

    def on_touch_down(self, touch: Any) -> bool:
        """Take the finger."""
        if not self.collide_point(*touch.pos) or self.disabled:
            return bool(super().on_touch_down(touch))
        touch.grab(self)
        self._follow(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Follow it."""
        if touch.grab_current is not self:
            return bool(super().on_touch_move(touch))
        self._follow(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Let go, and ask for where it stands."""
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        self.dispatch("on_asked", self.value)
        return True

    def _follow(self, touch: Any) -> None:
        inset = self.height / 3
        share = min(1.0, max(0.0, (touch.x - self.x - inset) / max(1.0, self.width - 2 * inset)))
        self.value = self.minimum + round(share * (self.maximum - self.minimum) / self.step) * self.step

    def on_asked(self, value: float) -> None:
        """Somebody wants this value."""
