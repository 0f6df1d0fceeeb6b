"""The page that shows the outlines and asks whether they are right."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from sproutcast_pi.messages.message import Message
from ui.confirm_outline.model import LAMP_STATE, profile_summary
from ui.page import Page
from ui.widgets.sheet import ConfirmSheet


class ConfirmOutlineScreen(Page):
    """The newest photograph with its outlines, and two answers."""

    tables = frozenset({"capture", "profile", "plant"})
    photo = StringProperty("")
    told = StringProperty("")
    answer = StringProperty("")
    """right, wrong, or empty: not answered yet."""
    possible = BooleanProperty(False)

    def refresh(self) -> None:
        """Show what is known now."""
        app = self.app
        photo = app.garden.newest_photo() or {}
        self.photo = photo.get("overlay") or photo.get("file") or ""
        self.possible = bool(photo.get("overlay"))
        self.answer = (photo.get("outline") or "").replace("outdated", "")
        self.told = profile_summary(app.garden, app.say)

    def say_right(self, right: bool) -> None:
        """Keep the answer."""
        photo = self.app.garden.newest_photo()
        if photo is None:
            return
        thanks = self.app.say("Thank you. It is learned from this photograph.") if right else ""
        self.app.do(
            "confirm_outline", {"capture_id": photo["id"], "right": right}, done=thanks, answered=self._on_saved
        )

    def _on_saved(self, _value: Any, refusal: Message | None) -> None:
        if refusal is None:
            self.refresh()

    def learn_afresh(self) -> None:
        """Ask, then forget what was learned here."""
        say = self.app.say
        ConfirmSheet(
            lambda: self.app.do("relearn_profile", {"lamp_state": LAMP_STATE}, done=say("It is learned afresh")),
            title=say("Learn this place afresh?"),
            words=say("Right after a new lamp, a moved camera or other pots. It takes four photographs."),
            yes=say("Learn afresh"),
        ).open()
