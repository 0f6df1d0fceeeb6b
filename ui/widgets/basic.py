"""Basic widgets: text, icons, buttons, switches, sliders."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget


class Text(Label):
    """Single line of text, ellipsised."""

    role = StringProperty("body")
    tone = StringProperty("ink")
    snug = BooleanProperty(False)
    """As wide as its text."""


class Title(Text):
    """Title of a page."""


class Words(Label):
    """Paragraph that grows with its text."""

    role = StringProperty("body")
    tone = StringProperty("ink")


class Icon(Label):
    """Icon from the icon fonts."""

    name = StringProperty("")
    filled = BooleanProperty(False)
    tone = StringProperty("ink")
    size_mm = NumericProperty(5)


class Surface(BoxLayout):
    """Box with a filled, rounded background."""

    fill = StringProperty("surface")
    corner = NumericProperty(2.4)


class TapSurface(ButtonBehavior, Surface):
    """Surface that can be tapped."""


class Bar(BoxLayout):
    """Title bar of a page."""


class Press(ButtonBehavior, BoxLayout):
    """Button with an icon, a label or both. Kinds: primary, plain, danger, ghost."""

    text = StringProperty("")
    icon = StringProperty("")
    icon_filled = BooleanProperty(False)
    icon_mm = NumericProperty(5)
    kind = StringProperty("plain")
    role = StringProperty("body")
    centred = BooleanProperty(True)
    ink_tone = StringProperty("ink")
    shown = NumericProperty(1)
    """0 hides it and keeps its space."""

    def on_kind(self, _instance: Any, kind: str) -> None:
        """Update the text colour for the kind."""
        self.ink_tone = {"primary": "on_brand", "danger": "on_act"}.get(kind, "ink")


class StateLine(BoxLayout):
    """State as a coloured icon with text."""

    level = StringProperty("none")
    icon = StringProperty("circle-dashed")
    words = StringProperty("")
    role = StringProperty("strong")


class Toggle(ButtonBehavior, Widget):
    """Switch. A touch dispatches `on_request`; the handler sets `active` once the change is accepted."""

    active = BooleanProperty(False)

    __events__ = ("on_request",)

    def on_release(self) -> None:
        """Request the other position."""
        self.dispatch("on_request", not self.active)

    def on_request(self, wanted: bool) -> None:
        """Event: the user requests a position."""


class ChoicePart(ButtonBehavior, Label):
    """One option of a Choice."""

    chosen = BooleanProperty(False)
    value = ObjectProperty(None)


class Choice(BoxLayout):
    """Segmented control: a few options, one selected."""

    options = ListProperty()
    """(value, label) pairs."""
    value = ObjectProperty(None, allownone=True)

    __events__ = ("on_request",)

    def on_options(self, *_: Any) -> None:
        """Rebuild the options."""
        self.clear_widgets()
        for value, word in self.options:
            part = ChoicePart(text=word, value=value, chosen=value == self.value)
            part.bind(on_release=lambda touched: self.dispatch("on_request", touched.value))
            self.add_widget(part)

    def on_value(self, *_: Any) -> None:
        """Highlight the selected option."""
        for part in self.children:
            part.chosen = part.value == self.value

    def on_request(self, value: Any) -> None:
        """Event: the user selects an option."""


class ProgressIndicator(Widget):
    """Progress bar; invisible at 0."""

    share = NumericProperty(0)


class Scroll(ScrollView):
    """Scrollable page."""


class Slide(Widget):
    """Slider. `on_request` is dispatched once, on release."""

    minimum = NumericProperty(0)
    maximum = NumericProperty(100)
    step = NumericProperty(1)
    value = NumericProperty(0)
    share = NumericProperty(0)

    __events__ = ("on_request",)

    def on_value(self, *_: Any) -> None:
        """Update the knob's position."""
        self.share = (self.value - self.minimum) / max(1e-9, self.maximum - self.minimum)

    on_minimum = on_maximum = on_value

    def on_touch_down(self, touch: Any) -> bool:
        """Grab the touch."""
        if not self.collide_point(*touch.pos) or self.disabled:
            return bool(super().on_touch_down(touch))
        touch.grab(self)
        self._follow(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Follow the touch."""
        if touch.grab_current is not self:
            return bool(super().on_touch_move(touch))
        self._follow(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Release the touch and request the value."""
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        self.dispatch("on_request", self.value)
        return True

    def _follow(self, touch: Any) -> None:
        inset = self.height / 3
        share = min(1.0, max(0.0, (touch.x - self.x - inset) / max(1.0, self.width - 2 * inset)))
        self.value = self.minimum + round(share * (self.maximum - self.minimum) / self.step) * self.step

    def on_request(self, value: float) -> None:
        """Event: the user requests a value."""
