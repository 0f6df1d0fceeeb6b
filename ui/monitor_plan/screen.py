"""The page of a plant's monitor plan and master data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty

from sproutcast_pi.messages.formatter import CM_PER_INCH
from sproutcast_pi.model.metrics.registry import PIPELINE_NAMES
from ui.monitor_plan.model import FREQUENCIES, PRESETS, plan_page, with_frequency, with_limit
from ui.page import Page
from ui.settings.screen import GroupTitle, SettingRow
from ui.widgets.basic import Press, Surface, TapSurface
from ui.widgets.sheet import ConfirmSheet, TextSheet


class PresetCard(TapSurface):
    """Card of a preset."""

    name = StringProperty("")
    words = StringProperty("")
    icon = StringProperty("")
    chosen = BooleanProperty(False)


class FrequencyRow(Surface):
    """Row of a measuring frequency."""

    name = StringProperty("")
    options = ListProperty()
    value = StringProperty("")

    def __init__(self, on_change: Callable[[str], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._on_change = on_change

    def ask(self, value: str) -> None:
        """Request another frequency."""
        self._on_change(value)


class LimitRow(Surface):
    """Row of an adjustable limit."""

    words = StringProperty("")
    value = StringProperty("")

    def __init__(self, stepped: Callable[[int], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._stepped = stepped

    def step(self, by: int) -> None:
        """Change the limit by one step."""
        self._stepped(by)


class PlanScreen(Page):
    """The monitor-plan page."""

    tables = frozenset({"plan", "plant"})
    plant_id = NumericProperty(0)
    name = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._advanced = False
        self._shown: Any = None

    def show(self, plant_id: int = 0, **_request: Any) -> None:
        """Open the plan of a plant."""
        self.plant_id, self._advanced, self._shown = int(plant_id), False, None
        self.refresh()

    def refresh(self) -> None:
        """Update from the row cache."""
        app = self.app
        plant, row = app.queries.plant(self.plant_id), app.queries.plan(self.plant_id)
        if plant is None:
            app.go("home")
            return
        page = plan_page(row, app.tr)
        shown = (page, dict(plant), self._advanced)
        if shown == self._shown:
            return
        self._shown = shown
        self.name = app.queries.name(plant, app.tr)
        self._fill(plant, page)

    def _fill(self, plant: Any, page: Any) -> None:
        tr, box = self.app.tr, self.ids.rows
        box.clear_widgets()
        box.add_widget(GroupTitle(text=tr("What to watch")))
        for preset, (name, words, icon) in PRESETS.items():
            card = PresetCard(name=tr(name), words=tr(words), icon=icon, chosen=preset == page.preset)
            card.bind(on_release=lambda _card, preset=preset: self._plan({"preset": preset}))
            box.add_widget(card)
        own = page.preset == "custom"
        open_it = Press(
            text=tr("Your own plan") if own else tr("Advanced"),
            icon="chevron-up" if self._advanced else "chevron-down",
            centred=False,
            kind="primary" if own and not self._advanced else "plain",
        )
        open_it.bind(on_release=lambda _: self._toggle())
        box.add_widget(open_it)
        if self._advanced:
            self._fill_advanced(page)
        box.add_widget(GroupTitle(text=tr("The plant")))
        for key, icon, word, value in self._facts(plant):
            row = SettingRow(icon=icon, name=word, value=value)
            row.bind(on_release=lambda _row, key=key, word=word: self._edit(key, word))
            box.add_widget(row)
        gone = SettingRow(icon="trash", name=tr("Stop watching this plant"))
        gone.bind(on_release=lambda _row: self._archive())
        box.add_widget(gone)

    def _fill_advanced(self, page: Any) -> None:
        tr, box = self.app.tr, self.ids.rows
        options = [(value, tr(word)) for value, word in FREQUENCIES.items()]
        for pipeline, word in PIPELINE_NAMES.items():
            if pipeline == "P3b":
                continue  # all others depend on it, so it always runs
            on_change = lambda value, pipeline=pipeline: self._plan(with_frequency(self._row(), pipeline, value))  # noqa: E731 - bound per row
            box.add_widget(FrequencyRow(on_change, name=tr(word), options=options, value=page.frequencies[pipeline]))
        box.add_widget(GroupTitle(text=tr("Tell me when")))
        for limit in page.limits:
            stepped = lambda by, limit=limit: self._plan(with_limit(self._row(), limit.metric, limit.bound, by))  # noqa: E731 - as above
            box.add_widget(LimitRow(stepped, words=limit.words, value=limit.value))

    def _facts(self, plant: Any) -> list[tuple[str, str, str, str]]:
        tr = self.app.tr
        pot = plant.get("pot_diameter_cm")
        planted = plant.get("planted_on")
        return [
            ("name", "leaf", tr("Name"), self.app.queries.name(plant, tr)),
            ("species", "plant-2", tr("Species"), plant.get("species") or ""),
            ("location", "map-pin", tr("Place"), plant.get("location") or ""),
            ("planted_on", "calendar", tr("Planted on"), tr.day(date.fromisoformat(planted)) if planted else ""),
            ("pot_diameter_cm", "ruler-2", tr("Width of the pot"), tr.length(pot) if pot else ""),
        ]

    def _row(self) -> Any:
        return self.app.queries.plan(self.plant_id)

    def _toggle(self) -> None:
        self._advanced = not self._advanced
        self.refresh()

    def _plan(self, args: dict[str, Any]) -> None:
        self.app.do("set_monitor_plan", {"plant_id": self.plant_id, **args})

    def _edit(self, key: str, word: str) -> None:
        plant = self.app.queries.plant(self.plant_id) or {}
        known = plant.get(key)
        tr = self.app.tr
        if key == "pot_diameter_cm" and known and tr.preferences.inches:
            known = round(known / CM_PER_INCH, 1)
        unit = tr("in inches") if tr.preferences.inches else tr("in centimetres")
        hint = {"planted_on": "2026-04-20", "pot_diameter_cm": unit}
        TextSheet(
            lambda text: self._save_edit(key, text),
            title=word,
            value="" if known is None else str(known),
            hint=hint.get(key, ""),
            numeric=key in {"pot_diameter_cm", "planted_on"},
        ).open()

    def _save_edit(self, key: str, text: str) -> str | None:
        tr = self.app.tr
        value: Any = text or None
        if key == "name" and not text:
            return str(tr("Give it a name first."))
        if key == "pot_diameter_cm" and text:
            try:
                value = float(text.replace(",", ".")) * (CM_PER_INCH if tr.preferences.inches else 1)
            except ValueError:
                return str(tr("Write a number, for example 12."))
        if key == "planted_on" and text:
            try:
                date.fromisoformat(text)
            except ValueError:
                return str(tr("Write the day like 2026-04-20."))
        self.app.do("update_plant", {"plant_id": self.plant_id, key: value}, done=tr("Saved"))
        return None

    def _archive(self) -> None:
        tr = self.app.tr
        ConfirmSheet(
            lambda: self.app.do("archive_plant", {"plant_id": self.plant_id}, done=tr("Not watched any more")),
            title=tr("Stop watching {plant}?", plant=self.name),
            words=tr("Its photographs and numbers are kept."),
            yes=tr("Stop watching"),
        ).open()
