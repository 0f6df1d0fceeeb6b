"""The photo frame, the dark screen and waking up."""

from __future__ import annotations

import time
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from ui.home.model import cards
from ui.screensaver.idle import IDLE_AFTER_S, NEVER, IdleSettings, clock_time, mode, next_check_s

NEXT_PHOTO_S = 60.0
IDLE_FPS = 15
"""Frames per second while idle."""
DARK_FPS = 4
"""Loop frequency while dark: enough to notice a short touch."""


class PhotoFrame(FloatLayout):
    """Slide show of the plants with a clock."""

    photo = StringProperty("")
    crop = ObjectProperty(None, allownone=True)
    name = StringProperty("")
    level = StringProperty("none")
    icon = StringProperty("circle-dashed")
    words = StringProperty("")
    clock = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._turn = -1
        self.turn()

    def turn(self, *_: Any) -> None:
        """Display the next plant."""
        app = App.get_running_app()
        now = app.clock.now()
        self.clock = app.tr.time(now)
        shown = [card for card in cards(app.queries, now, app.tr) if card.photo]
        if not shown:
            return
        self._turn = (self._turn + 1) % len(shown)
        card = shown[self._turn]
        self.photo, self.crop, self.name = card.photo or "", card.crop, card.name
        self.level, self.icon, self.words = card.state.level, card.state.icon, card.state.words


class BlackCover(Widget):
    """Black cover for panels without a switchable backlight."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            Color(0, 0, 0, 1)
            self._rectangle = Rectangle()
        self.bind(pos=self._place, size=self._place)

    def _place(self, *_: Any) -> None:
        self._rectangle.pos, self._rectangle.size = self.pos, self.size


class Screensaver:
    """Idle watcher that covers the screen and swallows the waking touch."""

    def __init__(self, app: Any, window: Any, *, monotonic: Any = time.monotonic) -> None:
        self._app = app
        self._window = window
        self._monotonic = monotonic
        self._last = monotonic()
        self._cover: Any = None
        self._fps = Clock._max_fps  # noqa: SLF001 - the only place Kivy keeps it
        self._event: Any = None
        self._turning: Any = None
        self._swallowed: set[int] = set()
        self.mode = "awake"
        window.bind(on_touch_down=self._down, on_touch_move=self._follow, on_touch_up=self._up)
        self.check()

    def idle_settings(self) -> IdleSettings:
        """Return the screensaver settings."""
        setting = self._app.queries.setting
        return IdleSettings(
            after_s=float(setting("screen_off_after_s", 900)),
            dark_from=clock_time(setting("screen_off_from")),
            dark_until=clock_time(setting("screen_off_until")),
        )

    def check(self, *_: Any) -> None:
        """Apply the idle mode and schedule the next check."""
        rest, quiet = self.idle_settings(), self._monotonic() - self._last
        self._switch_to(mode(rest, quiet, self._app.tr.local(self._app.clock.now())))
        self._set_frame_rate(quiet)
        if self._event is not None:
            self._event.cancel()
        again = next_check_s(rest, quiet)
        self._event = Clock.schedule_once(self.check, again + 0.1) if again != NEVER else None

    def _switch_to(self, wanted: str) -> None:
        if wanted == self.mode:
            return
        self._uncover()
        was, self.mode = self.mode, wanted
        backlight = self._app.machine.backlight
        if wanted == "frame":
            self._cover = PhotoFrame()
            self._turning = Clock.schedule_interval(self._cover.turn, NEXT_PHOTO_S)
        elif wanted == "dark":
            self._cover = BlackCover()
            backlight.power(on=False)
        if self._cover is not None:
            self._app.holder.add_widget(self._cover)
        if was == "dark" and wanted != "dark":
            backlight.power(on=True)

    def _set_frame_rate(self, quiet: float) -> None:
        """Set the frame rate for the idle time."""
        slow = DARK_FPS if self.mode == "dark" else IDLE_FPS if quiet >= IDLE_AFTER_S else self._fps
        Clock._max_fps = min(slow, self._fps)  # noqa: SLF001 - as above

    def _uncover(self) -> None:
        if self._turning is not None:
            self._turning.cancel()
            self._turning = None
        if self._cover is not None:
            self._app.holder.remove_widget(self._cover)
            self._cover = None

    def raise_cover(self) -> None:
        """Raise the cover above rebuilt widgets."""
        if self._cover is not None:
            self._app.holder.remove_widget(self._cover)
            self._app.holder.add_widget(self._cover)

    def _down(self, _window: Any, touch: Any) -> bool:
        calm = self._monotonic() - self._last >= IDLE_AFTER_S
        self._last = self._monotonic()
        if self.mode == "awake":
            if calm:
                self.check()
            return False
        self._swallowed.add(touch.uid)
        self.check()
        return True

    def _follow(self, _window: Any, touch: Any) -> bool:
        return touch.uid in self._swallowed

    def _up(self, _window: Any, touch: Any) -> bool:
        if touch.uid in self._swallowed:
            self._swallowed.discard(touch.uid)
            return True
        self._last = self._monotonic()
        return False

    def close(self) -> None:
        """Stop the watcher."""
        self._uncover()
        if self._event is not None:
            self._event.cancel()
        self._window.unbind(on_touch_down=self._down, on_touch_move=self._follow, on_touch_up=self._up)
