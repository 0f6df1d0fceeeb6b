"""Sheets over the page: a question, a text to write, a choice from many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from ui.widgets.basic import Press, Surface
from ui.widgets.keyboard import Field, Keyboard


class Sheet(FloatLayout):
    """Darkens the page and shows one card; a touch beside it closes it."""

    title = StringProperty("")
    card = ObjectProperty(None)

    def open(self) -> Sheet:
        """Come up."""
        App.get_running_app().shell.open_sheet(self)
        return self

    def close(self, *_: Any) -> None:
        """Go away."""
        App.get_running_app().shell.close_sheet(self)

    def on_touch_down(self, touch: Any) -> bool:
        """Keep every touch; one beside the card closes."""
        if super().on_touch_down(touch):
            return True
        if self.card is not None and not self.card.collide_point(*touch.pos):
            self.close()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Keep every touch."""
        super().on_touch_move(touch)
        return True


class ConfirmSheet(Sheet):
    """Asks before something that can't be undone."""

    words = StringProperty("")
    yes = StringProperty("")
    kind = StringProperty("danger")

    def __init__(self, act: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._act = act

    def confirm(self) -> None:
        """Do it."""
        self.close()
        self._act()


class TextSheet(Sheet):
    """Asks for a text, with the keyboard below it."""

    hint = StringProperty("")
    value = StringProperty("")
    words = StringProperty("")
    fault = StringProperty("")
    save_word = StringProperty("")
    secret = BooleanProperty(False)

    def __init__(
        self,
        act: Callable[[str], str | None],
        *,
        numeric: bool = False,
        **kwargs: Any,
    ) -> None:
        """`act` gets the text; a sentence it returns is shown as what is wrong, None closes the sheet."""
        app = App.get_running_app()
        kwargs.setdefault("save_word", app.say("Save"))
        super().__init__(**kwargs)
        self._act = act
        self.field: Field = self.ids.field
        self.field.password = self.secret
        self.field.numeric = numeric
        self.field.text = self.value
        self.ids.dock.add_widget(Keyboard(self.field, self.save, size_hint_y=None, height=app.look.mm(43)))
        Clock.schedule_once(lambda _dt: setattr(self.field, "focus", True), 0)
        self.field.bind(on_text_validate=lambda *_: self.save())

    def show_secret(self) -> None:
        """Show or hide a password."""
        self.field.password = not self.field.password

    def save(self) -> None:
        """Hand the text over."""
        fault = self._act(self.field.text.strip())
        if fault is None:
            self.close()
        else:
            self.fault = fault


class ChoiceSheet(Sheet):
    """Asks for one of many."""

    def __init__(
        self, options: Sequence[tuple[Any, str]], chosen: Any, act: Callable[[Any], None], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._act = act
        for value, word in options:
            row = Press(
                text=word,
                kind="plain" if value != chosen else "primary",
                centred=False,
                icon="check" if value == chosen else "",
            )
            row.bind(on_release=lambda _row, value=value: self._chosen(value))
            self.ids.options.add_widget(row)

    def _chosen(self, value: Any) -> None:
        self.close()
        self._act(value)


class Panel(Surface):
    """The card of a sheet."""
