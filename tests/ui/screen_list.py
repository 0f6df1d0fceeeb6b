"""Every screen, for the pictures that are looked at and for those that are compared."""

from __future__ import annotations

from ui.wizard.model import STEPS

SCREENS = {
    "home": ("home", {}),
    "plant-now": ("plant", {"plant_id": 2}),
    "plant-trend": ("plant", {"plant_id": 2, "tab": "trend"}),
    "plant-care": ("plant", {"plant_id": 1, "tab": "care"}),
    "plan": ("plan", {"plant_id": 1}),
    "alerts": ("alerts", {}),
    "light": ("light", {}),
    "camera": ("camera", {}),
    "regions": ("regions", {"plant_id": 5}),
    "outline": ("outline", {}),
    "timelapse": ("timelapse", {"plant_id": 2}),
    "settings": ("settings", {}),
    "software": ("software", {}),
    "diagnostics": ("diagnostics", {}),
    "log": ("log", {}),
    "wifi": ("wifi", {}),
    "phones": ("phones", {}),
    **{f"wizard-{number + 1}-{step.key}": ("wizard", {"step": number}) for number, step in enumerate(STEPS)},
}
"""Name of the picture: the page, and what it is asked to show."""
