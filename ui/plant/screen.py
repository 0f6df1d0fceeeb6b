"""The plant page."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from sproutcast_pi.messages.message import Message
from ui.i18n.care import CARE_KINDS
from ui.page import Page
from ui.plant.model import plant_page
from ui.plant.tabs import CareTab, NowTab, TrendTab

CARE = "SELECT * FROM care_event WHERE plant_id = {plant_id} ORDER BY id DESC LIMIT 200"
RESULTS = "SELECT * FROM analysis_result WHERE plant_id = {plant_id} ORDER BY id DESC LIMIT 1500"
"""A month at one photo every half hour."""


class PlantScreen(Page):
    """The plant page: photo and one-tap watering beside three tabs."""

    tables = frozenset({"plant", "result", "capture", "notification", "care", "history", "plan"})
    plant_id = NumericProperty(0)
    name = StringProperty("")
    below = StringProperty("")
    photo = StringProperty("")
    overlay = StringProperty("")
    overlay_on = BooleanProperty(False)
    crop = ObjectProperty(None, allownone=True)
    tab = StringProperty("now")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._watching: list[Any] = []
        self._tabs: dict[str, Any] = {"now": NowTab(self._pick), "trend": TrendTab(), "care": CareTab(self.log)}
        self.fbind("tab", lambda *_: self._show_tab())

    def show(self, plant_id: int = 0, tab: str = "", **_request: Any) -> None:
        """Open a plant and subscribe to its history."""
        plant_id = int(plant_id)
        if plant_id != self.plant_id:
            self.tab, self.overlay_on = "now", False
        self.plant_id = plant_id
        if tab:
            self.tab = tab
        self.hide()
        watch = self.app.bridge.watch
        self._watching = [
            watch("care", CARE.format(plant_id=plant_id)),
            watch("history", RESULTS.format(plant_id=plant_id)),
        ]
        self._show_tab()

    def hide(self) -> None:
        """Unsubscribe."""
        for watched in self._watching:
            watched.close()
        self._watching = []

    def refresh(self) -> None:
        """Update from the row cache."""
        page = plant_page(self.app.queries, self.plant_id, self.app.clock.now(), self.app.tr)
        if page is None:
            self.app.go("home")
            return
        self.name, self.below = page.name, page.below
        self.photo, self.overlay, self.crop = page.photo, page.overlay, page.crop
        self._tabs[self.tab].fill(self.plant_id, page)

    def _show_tab(self) -> None:
        """Display the selected tab."""
        place = self.ids.place
        place.clear_widgets()
        place.add_widget(self._tabs[self.tab])
        if self.plant_id:
            self.refresh()

    def _pick(self, metric: str) -> None:
        """Open the trend of a metric."""
        self._tabs["trend"].metric = metric
        self.tab = "trend"

    def log(self, kind: str, **details: Any) -> None:
        """Log an event of care, with an undo action."""
        app = self.app
        args = {"plant_id": self.plant_id, "kind": kind, **{k: v for k, v in details.items() if v is not None}}

        def answered(care_id: Any, refusal: Message | None) -> None:
            if refusal is None:
                app.toast(
                    app.tr("{done}, noted for {plant}", done=app.tr(CARE_KINDS[kind].done), plant=self.name),
                    "ok",
                    app.tr("Undo"),
                    lambda: app.do("delete_care", {"care_id": care_id}, done=app.tr("Taken back")),
                )

        app.do("log_care", args, answered=answered)
