"""Editor of a daily time span, such as the night, in half-hour steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.app import App
from kivy.properties import NumericProperty, StringProperty

from ui.widgets.sheet import Sheet

STEP_MIN, DAY_MIN = 30, 1440


class HoursSheet(Sheet):
    """Sheet for a daily time span; `act` gets start and end as HH:MM, or None twice to disable it."""

    words = StringProperty("")
    first = NumericProperty(0)
    until = NumericProperty(0)
    first_word = StringProperty("")
    until_word = StringProperty("")

    def __init__(self, span: tuple[int, int], act: Callable[[str | None, str | None], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._act = act
        self.first, self.until = span
        self._write()

    def step(self, which: str, by: int) -> None:
        """Move start or end by a step, wrapping at midnight."""
        setattr(self, which, (getattr(self, which) + by * STEP_MIN) % DAY_MIN)
        self._write()

    def save(self) -> None:
        """Save the span."""
        self.close()
        self._act(_plain(int(self.first)), _plain(int(self.until)))

    def off(self) -> None:
        """Disable the span."""
        self.close()
        self._act(None, None)

    def _write(self) -> None:
        tr = App.get_running_app().tr
        self.first_word = tr.clock(int(self.first) // 60, int(self.first) % 60)
        self.until_word = tr.clock(int(self.until) // 60, int(self.until) % 60)


def _plain(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
