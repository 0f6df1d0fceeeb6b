"""The alerts screen."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty

from ui.alerts.model import NoticeItem, notices
from ui.page import Page
from ui.widgets.basic import TapSurface
from ui.widgets.sheet import ChoiceSheet

MAX_SHOWN = 40
"""Older ones are of no use on a wall; the phone page has them all."""


class NoticeCard(TapSurface):
    """One thing to read. Touching it opens its plant, the tick marks it read, the other one puts it off."""

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
        """Show this."""
        self.notification_id, self.plant_id = notice.notification_id or 0, notice.plant_id or 0
        self.page = notice.page
        self.level, self.icon, self.title = notice.level, notice.icon, notice.title
        self.number, self.advice, self.since = notice.number, notice.advice, notice.since
        self.unread, self.photo, self.crop = notice.unread, notice.photo, notice.crop
        self.answers = list(notice.answers)
        # What was read steps back, unless it waits for an answer.
        self.opacity = 1.0 if notice.unread or notice.notification_id is None or notice.answers else 0.6

    def answer(self) -> None:
        """Ask what happened to the plant."""
        ChoiceSheet(self.answers, None, self._answer, title=Page.running().say("What happened?")).open()

    def _answer(self, answer: str) -> None:
        app = Page.running()
        args = {"notification_id": self.notification_id, "answer": answer}
        app.do("answer_notification", args, done=app.say("Thanks, noted"))

    def read(self) -> None:
        """Mark it read."""
        Page.running().do("mark_notification_read", {"notification_id": self.notification_id})

    def put_off(self) -> None:
        """Ask for how long it may be silent."""
        say = Page.running().say
        options = [
            (1.0, say("For an hour")),
            (8.0, say("For 8 hours")),
            (24.0, say("Until tomorrow")),
            (168.0, say("For a week")),
        ]
        ChoiceSheet(options, None, self._put_off, title=say("Remind me later")).open()

    def _put_off(self, hours: float) -> None:
        app = Page.running()
        args = {"notification_id": self.notification_id, "hours": hours}
        app.do("snooze_notification", args, done=app.say("You will hear of it again"))

    def on_release(self) -> None:
        """Open what it is about."""
        if self.plant_id:
            Page.running().go("plant", plant_id=self.plant_id)
        elif self.page:
            Page.running().go(self.page)


class AlertsScreen(Page):
    """Everything that wants to be read."""

    tables = frozenset({"notification", "health", "plant", "capture", "profile", "software"})
    empty = BooleanProperty(False)
    any_read = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._cards: dict[str, NoticeCard] = {}

    def refresh(self) -> None:
        """Show what is known now, keeping the cards that stay."""
        app = self.app
        found = notices(app.garden, app.clock.now(), app.say)[:MAX_SHOWN]
        self.empty = not found and app.live.link != "connecting"
        self.any_read = any(not n.unread and n.notification_id is not None for n in found)
        box = self.ids.rows
        if [n.key for n in found] != list(self._cards):
            box.clear_widgets()
            self._cards = {n.key: self._cards.get(n.key) or NoticeCard() for n in found}
            for card in self._cards.values():
                box.add_widget(card)
        for notice in found:
            self._cards[notice.key].present(notice)
