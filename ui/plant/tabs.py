"""Tabs of the plant page: now, trend, care."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from ui.i18n.care import CARE_KINDS
from ui.i18n.metrics import name_text
from ui.page import Page
from ui.plant.chart import chart
from ui.plant.model import CareLine, PlantPage, care_lines, chartable, last_done
from ui.widgets.basic import Press, Scroll, Surface, TapSurface
from ui.widgets.sheet import ChoiceSheet, TextSheet


class FactRow(TapSurface):
    """Row of a metric; touch opens its trend."""

    metric = StringProperty("")
    name = StringProperty("")
    value = StringProperty("")
    word = StringProperty("")
    level = StringProperty("plain")
    icon = StringProperty("")
    place = NumericProperty(-1)
    stretches = ListProperty()


class WithheldRow(TapSurface):
    """Row of a withheld metric with its reason; touch opens its earlier values."""

    metric = StringProperty("")
    name = StringProperty("")
    word = StringProperty("")


class NowTab(Scroll):
    """Tab with state, advice and all metrics."""

    level = StringProperty("none")
    icon = StringProperty("circle-dashed")
    words = StringProperty("")
    advice = StringProperty("")
    watered = StringProperty("")

    def __init__(self, pick: Callable[[str], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pick = pick
        self._rows: dict[tuple[str, bool], FactRow | WithheldRow] = {}

    def fill(self, plant_id: int, page: PlantPage) -> None:
        """Display a plant."""
        app = Page.running()
        self.level, self.icon, self.words, self.advice = (
            page.state.level,
            page.state.icon,
            page.state.words,
            page.advice,
        )
        self.watered = last_done(_care(plant_id), "water", app.clock.now(), app.tr)
        box = self.ids.facts
        rows = [(fact.metric, fact.available) for fact in page.facts]
        if rows != list(self._rows):
            box.clear_widgets()
            self._rows = {}
            for metric, measured in rows:
                row = FactRow(metric=metric) if measured else WithheldRow(metric=metric)
                row.bind(on_release=lambda touched: self._pick(touched.metric))
                box.add_widget(row)
                self._rows[metric, measured] = row
        for fact, row in zip(page.facts, self._rows.values(), strict=True):
            row.name, row.word = fact.name, fact.word
            if isinstance(row, FactRow):
                row.value, row.level, row.icon = fact.value, fact.level, fact.icon
                row.place, row.stretches = fact.place, list(fact.stretches)


class TrendTab(BoxLayout):
    """Tab with a metric's chart over day, week or month, and care marks."""

    metric = StringProperty("health_score")
    metric_name = StringProperty("")
    span = StringProperty("week")
    chart = ObjectProperty(None, allownone=True)
    note = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._plant_id = 0
        self.fbind("span", lambda *_: self._show())
        self.fbind("metric", lambda *_: self._show())

    def fill(self, plant_id: int, _page: PlantPage) -> None:
        """Display a plant."""
        self._plant_id = plant_id
        self._show()

    def _show(self) -> None:
        app = Page.running()
        history = _history(self._plant_id)
        possible = chartable(history)
        if possible and self.metric not in possible:
            self.metric = possible[0]
        self.metric_name = name_text(self.metric, app.tr)
        rules = app.queries.rules(self._plant_id)
        self.chart = chart(
            history,
            self.metric,
            self.span,
            app.clock.now(),
            app.tr,
            care=_care(self._plant_id),
            limit=rules.get(self.metric),
        )
        self.note = "" if self.chart.lines else app.tr("Nothing was measured in this time.")

    def pick(self) -> None:
        """Choose the metric."""
        app = Page.running()
        options = [(name, name_text(name, app.tr)) for name in chartable(_history(self._plant_id))]
        ChoiceSheet(options, self.metric, lambda name: setattr(self, "metric", name), title=app.tr("Show")).open()


class CareRow(Surface):
    """Row of one care event."""

    icon = StringProperty("")
    words = StringProperty("")
    when = StringProperty("")

    def __init__(self, line: CareLine, **kwargs: Any) -> None:
        super().__init__(icon=line.icon, words=line.words, when=line.when, **kwargs)
        self._care_id = line.care_id

    def remove(self) -> None:
        """Delete the event."""
        app = Page.running()
        app.do("delete_care", {"care_id": self._care_id}, done=app.tr("Removed"))


class CareTab(Scroll):
    """Tab with eight kinds of care to log, and the care log."""

    empty = BooleanProperty(False)

    def __init__(self, log: Callable[..., None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._log = log
        self._shown: list[CareLine] = []
        tr = Page.running().tr
        for kind, how in CARE_KINDS.items():
            button = Press(text=tr(how.button), icon=how.icon, centred=False)
            button.bind(on_release=lambda _touched, kind=kind: self._touched(kind))
            self.ids.kinds.add_widget(button)

    def _touched(self, kind: str) -> None:
        """Log the event; a note asks for its text first, a feed for an optional name."""
        tr = Page.running().tr
        if kind == "note":
            TextSheet(self._noted, title=tr("Note"), hint=tr("What did you see or do?")).open()
        elif kind == "feed":
            TextSheet(
                lambda text: self._log("feed", product=text or None),
                title=tr("Feed"),
                hint=tr("Name of the plant food (may stay empty)"),
            ).open()
        else:
            self._log(kind)

    def _noted(self, text: str) -> str | None:
        if not text:
            return str(Page.running().tr("Write a few words first."))
        self._log("note", text=text)
        return None

    def fill(self, plant_id: int, _page: PlantPage) -> None:
        """Display a plant."""
        app = Page.running()
        lines = care_lines(_care(plant_id), app.clock.now(), app.tr)
        if lines == self._shown and self.ids.log.children:
            return
        self._shown = lines
        self.ids.log.clear_widgets()
        for line in lines[:40]:
            self.ids.log.add_widget(CareRow(line))
        self.empty = not lines


def _care(plant_id: int) -> list[Any]:
    return [row for row in Page.running().row_cache.table("care") if row["plant_id"] == plant_id]


def _history(plant_id: int) -> list[Any]:
    """Return the plant's full history, or the recent results until it has arrived."""
    app = Page.running()
    rows = [row for row in app.row_cache.table("history") if row["plant_id"] == plant_id]
    return sorted(rows, key=lambda row: row["at"]) or app.queries.results(plant_id)
