"""Page to confirm plant outlines."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from sproutcast_pi.messages.message import Message
from ui.confirm_outline.model import LAMP_STATE, profile_summary
from ui.page import Page
from ui.widgets.sheet import ConfirmSheet


class ConfirmOutlineScreen(Page):
    """The newest photo with its outlines and two answers."""

    tables = frozenset({"capture", "profile", "plant"})
    photo = StringProperty("")
    summary = StringProperty("")
    answer = StringProperty("")
    """"right", "wrong", or empty if not answered yet."""
    possible = BooleanProperty(False)

    def refresh(self) -> None:
        """Update from the row cache."""
        app = self.app
        photo = app.queries.newest_photo() or {}
        self.photo = photo.get("overlay") or photo.get("file") or ""
        self.possible = bool(photo.get("overlay"))
        self.answer = (photo.get("outline") or "").replace("outdated", "")
        self.summary = profile_summary(app.queries, app.tr)

    def confirm(self, right: bool) -> None:
        """Save the answer."""
        photo = self.app.queries.newest_photo()
        if photo is None:
            return
        thanks = self.app.tr("Thank you. It is learned from this photograph.") if right else ""
        self.app.do(
            "confirm_outline", {"capture_id": photo["id"], "right": right}, done=thanks, answered=self._on_saved
        )

    def _on_saved(self, _value: Any, refusal: Message | None) -> None:
        if refusal is None:
            self.refresh()

    def learn_afresh(self) -> None:
        """Delete the site profile after confirmation."""
        tr = self.app.tr
        ConfirmSheet(
            lambda: self.app.do("relearn_profile", {"lamp_state": LAMP_STATE}, done=tr("It is learned afresh")),
            title=tr("Learn this place afresh?"),
            words=tr("Right after a new lamp, a moved camera or other pots. It takes four photographs."),
            yes=tr("Learn afresh"),
        ).open()
