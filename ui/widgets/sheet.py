"""Modal sheets: confirmation, text input, choice."""

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
    """Modal sheet; a touch outside its card closes it."""

    title = StringProperty("")
    card = ObjectProperty(None)

    def open(self) -> Sheet:
        """Open the sheet."""
        App.get_running_app().shell.open_sheet(self)
        return self

    def close(self, *_: Any) -> None:
        """Close the sheet."""
        App.get_running_app().shell.close_sheet(self)

    def on_touch_down(self, touch: Any) -> bool:
        """Swallow every touch; one outside the card closes the sheet."""
        if super().on_touch_down(touch):
            return True
        if self.card is not None and not self.card.collide_point(*touch.pos):
            self.close()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Swallow every touch."""
        super().on_touch_move(touch)
        return True


class ConfirmSheet(Sheet):
    """Confirmation of an action."""

    words = StringProperty("")
    yes = StringProperty("")
    kind = StringProperty("danger")

    def __init__(self, act: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._act = act

    def confirm(self) -> None:
        """Run the action."""
        self.close()
        self._act()


class TextSheet(Sheet):
    """Text input with the keyboard below it."""

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
        """`act` gets the text; it returns an error message to show, or None to close the sheet."""
        app = App.get_running_app()
        kwargs.setdefault("save_word", app.tr("Save"))
        super().__init__(**kwargs)
        self._act = act
        self.field: Field = self.ids.field
        self.field.password = self.secret
        self.field.numeric = numeric
        self.field.text = self.value
        self.ids.dock.add_widget(Keyboard(self.field, self.save, size_hint_y=None, height=app.theme.mm(43)))
        Clock.schedule_once(lambda _dt: setattr(self.field, "focus", True), 0)
        self.field.bind(on_text_validate=lambda *_: self.save())

    def show_secret(self) -> None:
        """Show or hide a password."""
        self.field.password = not self.field.password

    def save(self) -> None:
        """Submit the text."""
        fault = self._act(self.field.text.strip())
        if fault is None:
            self.close()
        else:
            self.fault = fault


class ChoiceSheet(Sheet):
    """Choice from a list."""

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
