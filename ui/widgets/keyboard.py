"""On-screen keyboard, docked at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.app import App
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.behaviors.focus import FocusBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.textinput import TextInput

from ui.widgets.basic import Surface

SHIFT, BACK, OTHER, SPACE, DONE = "shift", "back", "other", "space", "done"
LETTERS: dict[str, tuple[str, ...]] = {
    "en": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "de": ("qwertzuiopü", "asdfghjklöä", "yxcvbnmß"),
}
SIGNS: tuple[str, ...] = ("1234567890", "@#€_&-+()/", "*\"':;!?%=")
WIDE = {SPACE: 5.0, DONE: 2.0, SHIFT: 1.4, BACK: 1.4, OTHER: 1.6}


def rows(language: str, *, signs: bool) -> list[list[str]]:
    """Return the keys, top row first."""
    first, second, third = SIGNS if signs else LETTERS.get(language, LETTERS["en"])
    return [
        list(first),
        list(second),
        [SHIFT, *third, BACK] if not signs else [*third, BACK],
        [OTHER, ",", SPACE, ".", DONE],
    ]


class Field(TextInput):
    """Text input of one line."""

    numeric = BooleanProperty(False)

    def insert_text(self, substring: str, from_undo: bool = False) -> Any:
        """Insert a text; a numeric field accepts only digits, sign and point."""
        if self.numeric:
            substring = "".join(c for c in substring if c in "0123456789.,-")
        return super().insert_text(substring, from_undo=from_undo)


class Key(ButtonBehavior, Label):
    """Key of the keyboard."""

    name = StringProperty("")
    icon = BooleanProperty(False)

    def on_touch_down(self, touch: Any) -> bool:
        """Type without moving the focus."""
        if self.collide_point(*touch.pos):
            FocusBehavior.ignored_touch.append(touch)
        return bool(super().on_touch_down(touch))


class Keyboard(Surface):
    """On-screen keyboard for `field`; `done` is called by its Done key."""

    def __init__(self, field: Field, done: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(orientation="vertical", fill="surface", corner=0, **kwargs)
        self._field = field
        self._done = done
        self._shift = False
        self._signs = bool(field.numeric)
        self._lay()

    def on_touch_down(self, touch: Any) -> bool:
        """Swallow touches between keys, which would end the typing."""
        if not self.collide_point(*touch.pos):
            return False
        FocusBehavior.ignored_touch.append(touch)
        super().on_touch_down(touch)
        return True

    def _lay(self) -> None:
        app = App.get_running_app()
        self.clear_widgets()
        icons = {SHIFT: "arrow-big-up", BACK: "backspace"}
        from ui.widgets.icons import LINE  # noqa: PLC0415 - a table as long as this module

        for names in rows(app.tr.preferences.language, signs=self._signs):
            row = BoxLayout(spacing=app.theme.mm(0.7))
            for name in names:
                shown = {SPACE: "", DONE: app.tr("Done"), OTHER: "abc" if self._signs else "123"}.get(name, name)
                if name in icons:
                    shown = LINE[icons[name]]
                elif self._shift and len(name) == 1:
                    shown = name.upper() if name != "ß" else name
                key = Key(
                    text=shown,
                    name=name if len(name) > 1 else shown,
                    icon=name in icons,
                    size_hint_x=WIDE.get(name, 1.0),
                )
                key.bind(on_press=self._pressed)
                row.add_widget(key)
            self.add_widget(row)

    def _pressed(self, key: Key) -> None:
        match key.name:
            case "shift":
                self._shift = not self._shift
                self._lay()
            case "other":
                self._signs = not self._signs
                self._lay()
            case "back":
                self._field.do_backspace()
            case "done":
                self._done()
            case "space":
                self._field.insert_text(" ")
            case letter:
                self._field.insert_text(letter)
                if self._shift:
                    self._shift = False
                    self._lay()
