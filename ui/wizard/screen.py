"""The set-up wizard."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.graphics import Color, InstructionGroup, SmoothEllipse
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from sproutcast_pi.messages.message import Message
from ui.camera.screen import CameraScreen, RegionsScreen
from ui.page import Page
from ui.settings.connections import PhonesPage, WifiPage
from ui.settings.model import choices, chosen
from ui.widgets.basic import Bar, Press
from ui.wizard.model import STEPS, _, clamp_step

TEST_MIN = 20 / 60
HOME_WORDS = _("Home Assistant finds it by itself. The address of your MQTT broker is set in sproutcast.toml.")


FACES = {"language": ("plant-2", "Sproutcast"), "time_zone": ("world", "")}
"""Illustration and caption beside a list."""


class Dots(Widget):
    """Progress dots."""

    count = NumericProperty(1)
    index = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        for name in ("pos", "size", "count", "index"):
            self.fbind(name, self._draw)

    def _draw(self, *_: Any) -> None:
        app = App.get_running_app()
        self._drawing.clear()
        step = self.width / max(1, self.count)
        for i in range(int(self.count)):
            radius = app.theme.mm(1.2 if i == self.index else 0.8)
            x, y = self.x + step * (i + 0.5), self.y + self.height / 2
            self._drawing.add(Color(*app.tone("brand" if i <= self.index else "line")))
            self._drawing.add(SmoothEllipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius)))


class WizardChoices(BoxLayout):
    """Step that chooses a setting, with an illustration."""

    icon = StringProperty("")
    caption = StringProperty("")

    def __init__(self, key: str, **kwargs: Any) -> None:
        self.icon, self.caption = FACES[key]
        super().__init__(**kwargs)
        self._key = key
        self._shown: Any = None

    def refresh(self) -> None:
        """Update the selection."""
        app = Page.running()
        now = chosen(app.queries, self._key, app.tr)
        if now == self._shown:
            return
        self._shown = now
        self.ids.rows.clear_widgets()
        for value, word in choices(self._key, app.tr):
            row = Press(text=word, centred=False, role="strong", kind="primary" if value == now else "plain")
            row.icon = "check" if value == now else ""
            row.bind(on_release=lambda _row, value=value: app.do("set_setting", {"name": self._key, "value": value}))
            self.ids.rows.add_widget(row)


class WizardLight(BoxLayout):
    """Step that tests the lamp."""

    on = BooleanProperty(False)
    lamp_tested = BooleanProperty(False)
    words = StringProperty("")

    def refresh(self) -> None:
        """Update the lamp's state."""
        app = Page.running()
        light = app.queries.light() or {}
        self.on = float(light.get("now_level") or 0) > 0
        if not self.words:
            self.words = app.tr("Look at the lamp and touch the button.")

    def test(self) -> None:
        """Switch the lamp on for the test."""
        app = Page.running()

        def on_reply(_value: Any, refusal: Message | None) -> None:
            if refusal is None:
                self.lamp_tested, self.words = True, app.tr("Did the lamp light up?")

        app.do("override_light", {"level": 1.0, "minutes": TEST_MIN}, answered=on_reply)

    def answer(self, lit: bool) -> None:
        """Record whether the lamp lit up."""
        app = Page.running()
        self.lamp_tested = False
        if lit:
            self.words = app.tr("Good. From now on it follows its plan.")
            app.do("clear_light_override", {})
        else:
            self.words = app.tr(
                "Check that the lamp has power and that its control wire sits on the pin named in sproutcast.toml "
                "(light output). Then try again."
            )


class WizardHome(BoxLayout):
    """Step that enables Home Assistant."""

    on = BooleanProperty(False)
    words = StringProperty("")

    def refresh(self) -> None:
        """Update the connection's state."""
        app = Page.running()
        self.on = bool(app.queries.setting("home_assistant_enabled", False))
        row = app.queries.health("mqtt")
        self.words = app.tr.row_text(row, "message", app.clock.now()) if self.on and row else app.tr(HOME_WORDS)

    def ask(self, wanted: bool) -> None:
        """Switch Home Assistant on or off."""
        Page.running().do("set_setting", {"name": "home_assistant_enabled", "value": wanted})


class WizardDone(BoxLayout):
    """Last step."""

    def refresh(self) -> None:
        """Nothing to update."""


class WizardScreen(Page):
    """Page of the wizard; each step can be skipped."""

    tables = frozenset({"setting", "capture", "plant", "light", "health"})
    index = NumericProperty(0)
    count = NumericProperty(len(STEPS))
    title = StringProperty("")
    words = StringProperty("")
    next_word = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._content: Any = None
        self._key = ""

    def show(self, step: int = -1, **_request: Any) -> None:
        """Open the wizard at the current step."""
        self.index = int(step) if int(step) >= 0 else int(self.app.wizard_step)
        self._show_step()

    def hide(self) -> None:
        """Leave the step."""
        if isinstance(self._content, Page):
            self._content.hide()

    def step(self, by: int) -> None:
        """Go to the next or previous step; after the last, to the home screen."""
        if by > 0 and self.index == self.count - 1:
            self.app.wizard_step = 0
            self.app.do("set_setting", {"name": "setup_done", "value": True})
            self.app.go("home")
            return
        self.index = clamp_step(int(self.index), by)
        self.app.wizard_step = self.index
        self._show_step()

    def _show_step(self) -> None:
        """Display the step."""
        tr, step = self.app.tr, STEPS[int(self.index)]
        self.hide()
        self.title, self.words = tr(step.title), tr(step.words)
        last = self.index == self.count - 1
        self.next_word = tr("To my plants") if last else tr("Next")
        place = self.ids.place
        place.clear_widgets()
        self._key, self._content = step.key, self._make(step.key)
        self._content.size_hint, self._content.pos_hint = (1, 1), {"x": 0, "y": 0}
        place.add_widget(self._content)
        if isinstance(self._content, Page):
            self._content.show()
        else:
            self._content.refresh()

    @staticmethod
    def _make(key: str) -> Any:
        if key in {"language", "time_zone"}:
            return WizardChoices(key)
        made = {
            "wifi": WifiPage,
            "camera": CameraScreen,
            "plants": RegionsScreen,
            "light": WizardLight,
            "home_assistant": WizardHome,
            "phone": PhonesPage,
            "done": WizardDone,
        }[key]()
        for bar in [child for child in made.children if isinstance(child, Bar)]:
            made.remove_widget(bar)
        return made

    def refresh(self) -> None:
        """Update from the row cache."""
        if self._content is not None:
            self._content.refresh()
