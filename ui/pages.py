"""Every page by name."""

from __future__ import annotations

from collections.abc import Callable

from ui.home.screen import Home
from ui.page import Page
from ui.plant.screen import Plant

PAGES: dict[str, Callable[[], Page]] = {
    "home": Home,
    "plant": Plant,
}

BARE = frozenset({"wizard", "frame"})
"""Pages that have the whole glass."""
