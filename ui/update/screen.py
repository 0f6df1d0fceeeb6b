"""The page of the device's software."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from ui.page import Page
from ui.update.model import software_page
from ui.widgets.sheet import ConfirmSheet


class SoftwareScreen(Page):
    """Which version runs, whether there is a newer one, and the way back."""

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
        """Show what is known now."""
        app = self.app
        page = software_page(app.garden, app.say, here=app.machine.versions().get("sproutcast-pi", ""))
        self.version, self.level, self.icon = page.version, page.level, page.icon
        self.message, self.notes, self.progress = page.message, page.notes, page.progress
        self.can_check, self.can_install, self.can_go_back = page.can_check, page.can_install, page.can_go_back

    def install(self) -> None:
        """Ask, then install what is there."""
        say = self.app.say
        ConfirmSheet(
            lambda: self.app.do("install_update", {}),
            title=say("Install the new version?"),
            words=say("The light goes on as planned. The device restarts, and goes back if the new version fails."),
            yes=say("Install"),
            kind="primary",
        ).open()

    def go_back(self) -> None:
        """Ask, then start the version before."""
        say = self.app.say
        ConfirmSheet(
            lambda: self.app.do("roll_back_update", {}),
            title=say("Go back to the version before?"),
            words=say("The device restarts. The light goes on as planned."),
            yes=say("Go back"),
        ).open()
