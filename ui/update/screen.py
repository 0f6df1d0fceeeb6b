"""The software page."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from ui.page import Page
from ui.update.model import software_page
from ui.widgets.sheet import ConfirmSheet


class SoftwareScreen(Page):
    """The software page: current version, update, rollback."""

    tables = frozenset({"software"})
    version = StringProperty("")
    level = StringProperty("ok")
    icon = StringProperty("circle-check")
    message = StringProperty("")
    notes = StringProperty("")
    progress = NumericProperty(0)
    can_check = BooleanProperty(True)
    can_install = BooleanProperty(False)
    can_go_back = BooleanProperty(False)

    def refresh(self) -> None:
        """Update from the row cache."""
        app = self.app
        page = software_page(app.queries, app.tr, here=app.machine.versions().get("sproutcast-pi", ""))
        self.version, self.level, self.icon = page.version, page.level, page.icon
        self.message, self.notes, self.progress = page.message, page.notes, page.progress
        self.can_check, self.can_install, self.can_go_back = page.can_check, page.can_install, page.can_go_back

    def install(self) -> None:
        """Install the update after confirmation."""
        tr = self.app.tr
        ConfirmSheet(
            lambda: self.app.do("install_update", {}),
            title=tr("Install the new version?"),
            words=tr("The light goes on as planned. The device restarts, and goes back if the new version fails."),
            yes=tr("Install"),
            kind="primary",
        ).open()

    def go_back(self) -> None:
        """Roll back to the previous version after confirmation."""
        tr = self.app.tr
        ConfirmSheet(
            lambda: self.app.do("roll_back_update", {}),
            title=tr("Go back to the version before?"),
            words=tr("The device restarts. The light goes on as planned."),
            yes=tr("Go back"),
        ).open()
