"""The home screen."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty

from ui.home.model import PlantSummary, cards, light_line, next_photo, trouble
from ui.page import Page
from ui.theme import LARGE_TEXT
from ui.widgets.basic import TapSurface

CARD_MM = 34.0
"""Minimum height of a card: name, state, number and label below each other."""
LONG_NUMBER = 6
"""Length of a number from which it is drawn smaller, to leave room for the sparkline."""


class PlantCard(TapSurface):
    """Card of one plant; touch opens its page."""

    card: PlantSummary | None = ObjectProperty(None, allownone=True)
    tall = BooleanProperty(False)
    grand = BooleanProperty(False)
    photo_share = NumericProperty(0.7)
    photo = StringProperty("", allownone=True)
    crop = ObjectProperty(None, allownone=True)
    name = StringProperty("")
    below = StringProperty("")
    level = StringProperty("none")
    icon = StringProperty("circle-dashed")
    words = StringProperty("")
    number = StringProperty("")
    number_role = StringProperty("big")
    label = StringProperty("")
    seen = StringProperty("")
    trend = ListProperty()

    def on_card(self, _instance: Any, card: PlantSummary) -> None:
        """Display a plant; unchanged values are not redrawn."""
        self.photo, self.crop = card.photo or "", card.crop
        self.name, self.below = card.name, card.below
        self.level, self.icon, self.words = card.state.level, card.state.icon, card.state.words
        self.number, self.label, self.seen = card.state.number, card.state.label, card.seen
        self.trend = list(card.trend)
        self._fit_number()

    def on_grand(self, *_: Any) -> None:
        """Switch to the layout for large cards."""
        self._fit_number()

    def _fit_number(self) -> None:
        long = len(self.number) > LONG_NUMBER
        self.number_role = ("big" if long else "huge") if self.grand else ("title" if long else "big")

    def on_release(self) -> None:
        """Open the plant's page."""
        if self.card is not None:
            self.app.go("plant", plant_id=self.card.plant_id)

    @property
    def app(self) -> Any:
        """The running application."""
        return Page.running()


class HomeScreen(Page):
    """The home screen: plant cards, the light, the next photo."""

    tables = frozenset({"plant", "result", "capture", "notification", "light", "health"})
    light_on = BooleanProperty(False)
    light_words = StringProperty("")
    light_detail = StringProperty("")
    next_photo = StringProperty("")
    summary = StringProperty("")
    trouble = StringProperty("")
    empty = BooleanProperty(False)
    columns = NumericProperty(2)
    card_height = NumericProperty(100)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._shown: list[dict[str, Any]] = []
        self.ids.list.fbind("height", lambda *_: self._arrange(len(self._shown)))

    def refresh(self) -> None:
        """Update from the row cache."""
        app = self.app
        now, tr = app.clock.now(), app.tr
        line = light_line(app.queries.light(), now, tr)
        self.light_on, self.light_words, self.light_detail = line.on, line.words, line.detail
        self.trouble = trouble(app.queries, tr)
        self.next_photo = next_photo(app.queries, now, tr)
        made = cards(app.queries, now, tr)
        self.summary = summary(made, tr)
        self.empty = not (made or self.trouble) and app.row_cache.link == "live"
        self._arrange(len(made))
        share = 1.2 if len(made) == 1 else 0.62
        data = [{"card": card, "grand": len(made) == 1, "photo_share": share} for card in made]
        if data != self._shown:
            self._shown = data
            self.ids.list.data = data

    def _arrange(self, count: int) -> None:
        """Choose columns and card heights for the number of plants."""
        theme = self.app.theme
        gap = theme.mm(2.4)
        room = max(theme.mm(30), self.ids.list.height - theme.mm(3))
        least = theme.mm(CARD_MM) * (LARGE_TEXT if theme.large_text else 1)
        fit = max(1, int((room + gap) // (least + gap)))
        self.columns = 1 if theme.portrait or count == 1 else 2
        rows = min(fit, max(1, -(-count // self.columns)))
        self.card_height = (room - gap * (rows - 1)) / rows


def summary(made: list[PlantSummary], tr: Any) -> str:
    """Summary of all plants' states."""
    need = sum(1 for card in made if card.state.level == "act")
    watch = sum(1 for card in made if card.state.level == "watch")
    if not made:
        return ""
    if need:
        return str(tr.plural("{n} plant needs you", "{n} plants need you", need))
    if watch:
        return str(tr.plural("{n} plant to watch", "{n} plants to watch", watch))
    if all(card.state.level == "ok" for card in made):
        return str(tr("All is well"))
    return ""
