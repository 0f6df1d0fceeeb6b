"""What every screen is: a box that knows its tables and can show them anew."""

from __future__ import annotations

from typing import Any, ClassVar

from kivy.app import App
from kivy.uix.boxlayout import BoxLayout


class Page(BoxLayout):
    """One screen. Made once, shown many times."""

    tables: ClassVar[frozenset[str]] = frozenset()
    """Names of the live tables it shows; `refresh` is called when one of them changed."""

    @staticmethod
    def running() -> Any:
        """Return the running application."""
        return App.get_running_app()

    @property
    def app(self) -> Any:
        """The running application."""
        return App.get_running_app()

    def show(self, **_wish: Any) -> None:
        """Come into sight, with what the caller wants to see."""
        self.refresh()

    def hide(self) -> None:
        """Go out of sight."""

    def refresh(self) -> None:
        """Show what is known now; what is unchanged must draw nothing."""
