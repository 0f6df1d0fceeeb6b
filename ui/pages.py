"""Every page by name."""

from __future__ import annotations

from collections.abc import Callable

from ui.alerts.screen import Alerts
from ui.camera.screen import Camera, Regions
from ui.home.screen import Home
from ui.light.screen import LightScreen
from ui.outline.screen import Outline
from ui.page import Page
from ui.plan.screen import PlanScreen
from ui.plant.screen import Plant
from ui.settings.connections import PhonesPage, WifiPage
from ui.settings.screen import Diagnostics, LogPage, SettingsPage
from ui.timelapse.screen import Timelapse
from ui.update.screen import Software
from ui.wizard.screen import Wizard

PAGES: dict[str, Callable[[], Page]] = {
    "home": Home,
    "plant": Plant,
    "alerts": Alerts,
    "light": LightScreen,
    "camera": Camera,
    "regions": Regions,
    "outline": Outline,
    "wizard": Wizard,
    "plan": PlanScreen,
    "timelapse": Timelapse,
    "settings": SettingsPage,
    "diagnostics": Diagnostics,
    "log": LogPage,
    "wifi": WifiPage,
    "phones": PhonesPage,
    "software": Software,
}

BARE = frozenset({"wizard", "frame"})
"""Pages that have the whole glass."""
