"""Registry of pages by name."""

from __future__ import annotations

from collections.abc import Callable

from ui.alerts.screen import AlertsScreen
from ui.camera.screen import CameraScreen, RegionsScreen
from ui.confirm_outline.screen import ConfirmOutlineScreen
from ui.home.screen import HomeScreen
from ui.light.screen import LightScreen
from ui.monitor_plan.screen import PlanScreen
from ui.page import Page
from ui.plant.screen import PlantScreen
from ui.settings.connections import PhonesPage, WifiPage
from ui.settings.screen import DiagnosticsScreen, LogPage, SettingsPage
from ui.timelapse.screen import TimelapseScreen
from ui.update.screen import SoftwareScreen
from ui.wizard.screen import WizardScreen

PAGES: dict[str, Callable[[], Page]] = {
    "home": HomeScreen,
    "plant": PlantScreen,
    "alerts": AlertsScreen,
    "light": LightScreen,
    "camera": CameraScreen,
    "regions": RegionsScreen,
    "outline": ConfirmOutlineScreen,
    "wizard": WizardScreen,
    "plan": PlanScreen,
    "timelapse": TimelapseScreen,
    "settings": SettingsPage,
    "diagnostics": DiagnosticsScreen,
    "log": LogPage,
    "wifi": WifiPage,
    "phones": PhonesPage,
    "software": SoftwareScreen,
}

BARE = frozenset({"wizard", "frame"})
"""Pages without the navigation bar."""
