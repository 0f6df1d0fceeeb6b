"""Base class of all pages."""

from __future__ import annotations

from typing import Any, ClassVar

from kivy.app import App
from kivy.uix.boxlayout import BoxLayout


class Page(BoxLayout):
    """A page: built once, shown many times, refreshed when one of its tables changes."""

    tables: ClassVar[frozenset[str]] = frozenset()
    """Names of the cached tables it shows; `refresh` is called when one of them changes."""

    @staticmethod
    def running() -> Any:
        """Return the running application."""
        return App.get_running_app()

    @property
    def app(self) -> Any:
        """The running application."""
        return App.get_running_app()

    def show(self, **_request: Any) -> None:
        """Hook called when the page is opened, with its arguments."""
        self.refresh()

    def hide(self) -> None:
        """Hook called when the page is left."""

    def refresh(self) -> None:
        """Update from the row cache; unchanged values must not be redrawn."""
