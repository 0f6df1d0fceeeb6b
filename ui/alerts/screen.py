"""The alerts screen."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty

from ui.alerts.model import NoticeItem, notices
from ui.page import Page
from ui.widgets.basic import TapSurface
from ui.widgets.sheet import ChoiceSheet

MAX_SHOWN = 40
"""Entries shown at most; the phone page lists all."""


class NoticeCard(TapSurface):
    """Card of one entry: touch opens the plant, the tick marks it read, the other button snoozes it."""

    notification_id = NumericProperty(0)
    level = StringProperty("info")
    icon = StringProperty("info-circle")
    title = StringProperty("")
    number = StringProperty("")
    advice = StringProperty("")
    since = StringProperty("")
    unread = BooleanProperty(False)
    photo = StringProperty("")
    crop = ObjectProperty(None, allownone=True)
    plant_id = NumericProperty(0)
    page = StringProperty("")
    answers = ListProperty([])

    def present(self, notice: NoticeItem) -> None:
        """Display an entry."""
        self.notification_id, self.plant_id = notice.notification_id or 0, notice.plant_id or 0
        self.page = notice.page
        self.level, self.icon, self.title = notice.level, notice.icon, notice.title
        self.number, self.advice, self.since = notice.number, notice.advice, notice.since
        self.unread, self.photo, self.crop = notice.unread, notice.photo, notice.crop
        self.answers = list(notice.answers)
        # Read entries are dimmed unless they await an answer.
        self.opacity = 1.0 if notice.unread or notice.notification_id is None or notice.answers else 0.6

    def answer(self) -> None:
        """Ask the owner the alert's question."""
        ChoiceSheet(self.answers, None, self._answer, title=Page.running().tr("What happened?")).open()

    def _answer(self, answer: str) -> None:
        app = Page.running()
        args = {"notification_id": self.notification_id, "answer": answer}
        app.do("answer_notification", args, done=app.tr("Thanks, noted"))

    def read(self) -> None:
        """Mark it read."""
        Page.running().do("mark_notification_read", {"notification_id": self.notification_id})

    def put_off(self) -> None:
        """Ask for the snooze duration."""
        tr = Page.running().tr
        options = [
            (1.0, tr("For an hour")),
            (8.0, tr("For 8 hours")),
            (24.0, tr("Until tomorrow")),
            (168.0, tr("For a week")),
        ]
        ChoiceSheet(options, None, self._put_off, title=tr("Remind me later")).open()

    def _put_off(self, hours: float) -> None:
        app = Page.running()
        args = {"notification_id": self.notification_id, "hours": hours}
        app.do("snooze_notification", args, done=app.tr("You will hear of it again"))

    def on_release(self) -> None:
        """Open the page the entry refers to."""
        if self.plant_id:
            Page.running().go("plant", plant_id=self.plant_id)
        elif self.page:
            Page.running().go(self.page)


class AlertsScreen(Page):
    """The list of alerts, health problems and prompts."""

    tables = frozenset({"notification", "health", "plant", "capture", "profile", "software"})
    empty = BooleanProperty(False)
    any_read = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._cards: dict[str, NoticeCard] = {}

    def refresh(self) -> None:
        """Update from the row cache; unchanged cards are reused."""
        app = self.app
        found = notices(app.queries, app.clock.now(), app.tr)[:MAX_SHOWN]
        self.empty = not found and app.row_cache.link != "connecting"
        self.any_read = any(not n.unread and n.notification_id is not None for n in found)
        box = self.ids.rows
        if [n.key for n in found] != list(self._cards):
            box.clear_widgets()
            self._cards = {n.key: self._cards.get(n.key) or NoticeCard() for n in found}
            for card in self._cards.values():
                box.add_widget(card)
        for notice in found:
            self._cards[notice.key].present(notice)
